import { Defect } from '@partitura/model';

/** Compact binary writing for snapshot bodies, whose form is the runtime's own affair. */
export class ByteWriter {
  #bytes: Uint8Array;
  #length: number;
  readonly #front: number;

  /** @param front Bytes that are left free for what is written in front at last. */
  constructor(size = 256, front = 0) {
    this.#bytes = new Uint8Array(size + front);
    this.#front = front;
    this.#length = front;
  }

  get length(): number {
    return this.#length - this.#front;
  }

  /** A whole number from -1 up to 2^53 - 2, in one to eight bytes. */
  number(value: number): void {
    let rest = value + 1;
    this.#reserve(8);
    while (rest > 127) {
      this.#bytes[this.#length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
  }

  bytes(value: Uint8Array): void {
    this.number(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  text(value: string): void {
    this.bytes(encoder.encode(value));
  }

  /** Writes whether there is a value, and the value if so. */
  optional<T>(value: T | undefined, write: (value: T) => void): void {
    this.number(value === undefined ? 0 : 1);
    if (value !== undefined) write(value);
  }

  /** What was written; it may not go on being written to. */
  view(): Uint8Array {
    return this.#bytes.subarray(this.#front, this.#length);
  }

  /** What was written, behind what another writer wrote, which fits into the front. */
  behind(head: ByteWriter): Uint8Array {
    const begin = this.#front - head.length;
    if (begin < 0) throw new Defect('too little room was left in front');
    this.#bytes.set(head.view(), begin);
    return this.#bytes.subarray(begin, this.#length);
  }

  /** A copy of what was written. */
  result(): Uint8Array {
    return this.#bytes.slice(this.#front, this.#length);
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

/** Reads what {@link ByteWriter} wrote; throws `Defect` when the bytes end too early. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  number(): number {
    let value = 0;
    let unit = 1;
    for (;;) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new Defect('a snapshot ends in the middle of a number');
      value += (byte & 127) * unit;
      if (byte < 128) return value - 1;
      unit *= 128;
    }
  }

  /** A copy, so that a small field does not hold the whole. */
  bytes(): Uint8Array {
    const length = this.number();
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new Defect('a snapshot ends in the middle of a field');
    const value = this.#bytes.slice(this.#at, end);
    this.#at = end;
    return value;
  }

  text(): string {
    return decoder.decode(this.bytes());
  }

  optional<T>(read: () => T): T | undefined {
    return this.number() === 1 ? read() : undefined;
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Joins the parts of one body. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0] as Uint8Array;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Cuts a body into parts of at most `size` bytes; at least one. */
export function cut(body: Uint8Array, size: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < body.length || at === 0; at += size) parts.push(body.subarray(at, at + size));
  return parts;
}
