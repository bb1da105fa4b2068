import type { Payload } from '@partitura/model';

const encoder = new TextEncoder();
const nothing: Uint8Array = new Uint8Array(0);

/** Writes numbers, texts and payloads close together. */
export class ByteWriter {
  #buffer: Uint8Array;
  #length = 0;
  #similar = nothing;
  readonly #names = new Map<string, number>();

  /** @param size Bytes that are likely to be written. */
  constructor(size = 512) {
    this.#buffer = new Uint8Array(size);
  }

  finish(): Uint8Array {
    const wasted = this.#buffer.length - this.#length;
    return wasted < this.#length / 16 ? this.#buffer.subarray(0, this.#length) : this.#buffer.slice(0, this.#length);
  }

  /** So many bytes will follow. */
  expect(bytes: number): void {
    this.#reserve(bytes);
  }

  /** What another writer has finished, as it is. */
  raw(finished: Uint8Array): void {
    this.#reserve(finished.length);
    this.#buffer.set(finished, this.#length);
    this.#length += finished.length;
  }

  /** A whole number from 0 up to 2^53: seven bits per byte, lowest first. */
  count(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#buffer[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#buffer[this.#length++] = rest;
  }

  /** A whole number of either sign. */
  integer(value: number): void {
    this.count(value >= 0 ? value * 2 : -value * 2 - 1);
  }

  text(value: string): void {
    const start = this.#length;
    // A length below 128 takes one byte, which is what the text's own length says unless it is not plain.
    if (value.length < 0x80) {
      this.#reserve(value.length + 8);
      this.#buffer[this.#length++] = value.length;
      for (let i = 0; i < value.length; i++) {
        const code = value.charCodeAt(i);
        if (code >= 0x80) break;
        this.#buffer[this.#length++] = code;
      }
      if (this.#length === start + 1 + value.length) return;
      this.#length = start;
    }
    this.bytes(encoder.encode(value));
  }

  /** Bytes that are likely to begin and end like those that were written so before. */
  similar(value: Uint8Array): void {
    const before = this.#similar;
    const most = Math.min(value.length, before.length);
    let head = 0;
    while (head < most && value[head] === before[head]) head += 1;
    let tail = 0;
    while (tail < most - head && value[value.length - 1 - tail] === before[before.length - 1 - tail]) tail += 1;
    this.count(head);
    this.count(tail);
    this.bytes(value.subarray(head, value.length - tail));
    this.#similar = value;
  }

  /** A text that is likely to occur again: written once, then by its number. */
  name(value: string): void {
    const number = this.#names.get(value);
    this.count(number ?? 0);
    if (number !== undefined) return;
    this.#names.set(value, this.#names.size + 1);
    this.text(value);
  }

  payload(value: Payload): void {
    const { ascii } = value;
    if (ascii === undefined) {
      this.bytes(value.bytes);
      return;
    }
    this.count(ascii.length);
    this.#reserve(ascii.length);
    for (let i = 0; i < ascii.length; i++) this.#buffer[this.#length++] = ascii.charCodeAt(i);
  }

  bytes(value: Uint8Array): void {
    this.count(value.length);
    this.raw(value);
  }

  /** Whether there is a value, and then the value. */
  optional<T>(value: T | undefined, write: (value: T) => void): void {
    this.count(value === undefined ? 0 : 1);
    if (value !== undefined) write(value);
  }

  list<T>(values: readonly T[], write: (value: T) => void): void {
    this.count(values.length);
    for (const value of values) write(value);
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#buffer.length) return;
    const larger = new Uint8Array(Math.max(this.#buffer.length * 2, this.#length + more));
    larger.set(this.#buffer);
    this.#buffer = larger;
  }
}
