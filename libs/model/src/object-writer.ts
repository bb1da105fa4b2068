import type { Payload } from './payload.ts';

const encoder = new TextEncoder();
const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const backslash = 0x5c;
const openingBrace = 0x7b;
const closingBrace = 0x7d;

/** Writes an object as UTF-8 JSON, member by member; there may be a hundred thousand, so nothing is made for each. */
export class ObjectWriter {
  #bytes = new Uint8Array(256);
  #length = 0;
  #isFirst = true;

  constructor() {
    this.#bytes[this.#length++] = openingBrace;
  }

  member(key: string, value: Payload): void {
    this.#key(key);
    const { ascii } = value;
    if (ascii !== undefined) {
      this.#reserve(ascii.length);
      for (let i = 0; i < ascii.length; i++) this.#bytes[this.#length++] = ascii.charCodeAt(i);
      return;
    }
    const { bytes } = value;
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** The members that follow are those of an object under this key, until {@link close}. */
  open(key: string): void {
    this.#key(key);
    this.#reserve(1);
    this.#bytes[this.#length++] = openingBrace;
    this.#isFirst = true;
  }

  close(): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = closingBrace;
    this.#isFirst = false;
  }

  finish(): Uint8Array {
    this.close();
    return this.#bytes.slice(0, this.#length);
  }

  #key(key: string): void {
    // Six bytes are the most that JSON and UTF-8 make of a unit: an escape.
    this.#reserve(6 * key.length + 4);
    const bytes = this.#bytes;
    if (!this.#isFirst) bytes[this.#length++] = comma;
    this.#isFirst = false;
    const begin = this.#length;
    bytes[this.#length++] = quote;
    for (let i = 0; i < key.length; i++) {
      const code = key.charCodeAt(i);
      if (code < 0x20 || code > 0x7e || code === quote || code === backslash) {
        this.#length = begin + encoder.encodeInto(JSON.stringify(key), bytes.subarray(begin)).written;
        bytes[this.#length++] = colon;
        return;
      }
      bytes[this.#length++] = code;
    }
    bytes[this.#length++] = quote;
    bytes[this.#length++] = colon;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}
