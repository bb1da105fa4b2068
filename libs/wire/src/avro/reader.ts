import { Payload } from '@partitura/model';
import { isUtf8 } from 'node:buffer';
import { Malformed } from './malformed.ts';
import { ShortTexts, shortTextBytes } from './short-texts.ts';

/** What `toString` does once it has looked at its arguments. */
interface NativeBuffer extends Buffer {
  utf8Slice(from: number, to: number): string;
}
const emptyBuffer = Buffer.alloc(0) as NativeBuffer;
const shortTexts = new ShortTexts();

/**
 * Reads Avro's binary encoding from untrusted bytes: every length and count is compared with what is left before
 * anything is allocated. Throws {@link Malformed}.
 *
 * `bytes` and JSON values are views into the source, so whoever keeps one keeps the source alive.
 */
export class AvroReader {
  #bytes: NativeBuffer = emptyBuffer;
  #at = 0;
  #end = 0;

  /** Turns to other bytes. A reader serves one decoding at a time and is used again and again. */
  open(bytes: Uint8Array, from: number): this {
    const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#bytes = buffer as NativeBuffer;
    this.#at = from;
    this.#end = bytes.length;
    return this;
  }

  /** Ends a decoding: everything must have been read. */
  close(): void {
    const left = this.#end - this.#at;
    this.#bytes = emptyBuffer;
    if (left !== 0) throw new Malformed(`${left} bytes are left over after the record`);
  }

  boolean(): boolean {
    const byte = this.#byte();
    if (byte > 1) throw new Malformed(`a boolean is written as ${byte}`);
    return byte === 1;
  }

  /** An `int` or `long`; integers beyond 2^53 are refused, since a number could not hold them. */
  long(): number {
    const first = this.#byte();
    if (first < 0x80) return (first >>> 1) ^ -(first & 1);
    let low = first & 0x7f;
    for (let shift = 7; shift < 28; shift += 7) {
      const byte = this.#byte();
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (low >>> 1) ^ -(low & 1);
    }
    return this.#wideLong(low);
  }

  /** Goes on after 28 bits with floating point, which is exact up to 2^53. */
  #wideLong(low: number): number {
    let magnitude = low >>> 1;
    let scale = 2 ** 27;
    for (let byte = 0x80; byte >= 0x80; scale *= 128) {
      if (scale > 2 ** 62) throw new Malformed('an integer has more than 64 bits');
      byte = this.#byte();
      magnitude += (byte & 0x7f) * scale;
    }
    const value = (low & 1) === 1 ? -magnitude - 1 : magnitude;
    if (!Number.isSafeInteger(value)) throw new Malformed('an integer is larger than 2^53');
    return value;
  }

  string(): string {
    const length = this.#length();
    const at = this.#take(length);
    if (length <= shortTextBytes) {
      const known = shortTexts.find(this.#bytes, at, length);
      if (known !== undefined) return known;
    }
    const text = this.#bytes.utf8Slice(at, at + length);
    if (text.includes('\uFFFD') && !isUtf8(this.#bytes.subarray(at, at + length)))
      throw new Malformed('a text is not UTF-8');
    return text;
  }

  bytes(): Uint8Array {
    const length = this.#length();
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  /** Passes over a value of fixed size. */
  skip(size: number): void {
    this.#take(size);
  }

  /** JSON text, not looked at. */
  json(): Payload {
    const bytes = this.bytes();
    return bytes.length === 2 && bytes[0] === 0x7b ? Payload.empty : Payload.fromBytes(bytes);
  }

  /** Which branch of a union follows, out of `count`. */
  branch(count: number): number {
    const index = this.long();
    if (index < 0 || index >= count) throw new Malformed(`a union of ${count} has no branch ${index}`);
    return index;
  }

  /** Whether the value of a `["null", T]` follows. */
  present(): boolean {
    return this.branch(2) === 1;
  }

  symbol<S extends string>(symbols: readonly S[]): S {
    const symbol = symbols[this.long()];
    if (symbol === undefined) throw new Malformed(`an enum has none of its symbols (${symbols.join(', ')})`);
    return symbol;
  }

  array<T>(item: (reader: AvroReader) => T): T[] {
    const items: T[] = [];
    for (let left = this.#blockCount(); left > 0; left = this.#blockCount())
      for (; left > 0; left--) items.push(item(this));
    return items;
  }

  /** Any text may be a key, as those of a dead letter's headers: each becomes a property of the object's own. */
  map<T>(item: (reader: AvroReader) => T): Record<string, T> {
    const entries: Record<string, T> = {};
    for (let left = this.#blockCount(); left > 0; left = this.#blockCount())
      for (; left > 0; left--) {
        const key = this.string();
        if (key === '__proto__') defineOwn(entries, key, item(this));
        else entries[key] = item(this);
      }
    return entries;
  }

  /** Every item of our schemas takes a byte at least, so a count above what is left is a lie. */
  #blockCount(): number {
    let count = this.long();
    if (count < 0) {
      count = -count;
      this.long(); // size of the block in bytes, for readers that skip
    }
    if (count > this.#end - this.#at) throw new Malformed(`${count} items cannot be in ${this.#end - this.#at} bytes`);
    return count;
  }

  #length(): number {
    const length = this.long();
    if (length < 0) throw new Malformed('a length is negative');
    return length;
  }

  #take(length: number): number {
    const at = this.#at;
    if (length > this.#end - at)
      throw new Malformed(`the record is cut off: ${length} bytes needed, ${this.#end - at} left`);
    this.#at = at + length;
    return at;
  }

  #byte(): number {
    if (this.#at >= this.#end) throw new Malformed('the record is cut off');
    return this.#bytes[this.#at++] as number;
  }
}

/** What assigning would not do for the one name that means something else. */
function defineOwn<T>(entries: Record<string, T>, key: string, value: T): void {
  Object.defineProperty(entries, key, { value, enumerable: true, configurable: true, writable: true });
}
