import { Defect, type Payload } from '@partitura/model';

/** Records are cut from pieces of memory of this size: asking the runtime for each would cost more than writing it. */
const pieceBytes = 16 * 1024;
/** From here on a call into the runtime's encoder costs less than copying character by character. */
const charactersByHand = 24;
/** The same for bytes. */
const bytesByHand = 24;

/** What `write` does once it has looked at its arguments, which takes it longer than writing an id. */
interface NativeBuffer extends Buffer {
  utf8Write(text: string, at: number, length: number): number;
  latin1Write(text: string, at: number, length: number): number;
}
const allocate = (size: number): NativeBuffer => Buffer.allocUnsafeSlow(size) as NativeBuffer;

/**
 * Writes Avro's binary encoding, one record after the other into the same piece of memory as long as there is room.
 * Nothing that was handed out is written again. Values that the schema cannot hold are our own mistake: `Defect`.
 */
export class AvroWriter {
  #bytes: NativeBuffer = allocate(pieceBytes);
  /** Where the record begins. */
  #from = 0;
  #at = 0;

  /** Begins a record with Confluent's frame: magic 0 and the schema id. */
  open(schemaId: number): this {
    this.#at = this.#from;
    this.#reserve(5);
    const bytes = this.#bytes;
    const at = this.#at;
    bytes[at] = 0;
    bytes[at + 1] = schemaId >>> 24;
    bytes[at + 2] = schemaId >>> 16;
    bytes[at + 3] = schemaId >>> 8;
    bytes[at + 4] = schemaId;
    this.#at = at + 5;
    return this;
  }

  /** The finished record. A large one gets memory of its own, of just its size. */
  close(): Uint8Array {
    const record = this.#bytes.subarray(this.#from, this.#at);
    this.#from = this.#at;
    if (this.#bytes.length === pieceBytes) return record;
    this.#bytes = allocate(pieceBytes);
    this.#from = 0;
    const own = Buffer.allocUnsafeSlow(record.length);
    own.set(record);
    return own;
  }

  boolean(value: boolean): void {
    this.#reserve(1);
    this.#bytes[this.#at++] = value ? 1 : 0;
  }

  /** An `int` or `long`. */
  long(value: number): void {
    if ((value & 0x3f) === value) {
      this.#reserve(1);
      this.#bytes[this.#at++] = value << 1;
    } else this.#longer(value);
  }

  #longer(value: number): void {
    this.#reserve(10);
    if (value >= -0x40000000 && value < 0x40000000 && (value | 0) === value) {
      this.#groups(((value << 1) ^ (value >> 31)) >>> 0);
      return;
    }
    if (!Number.isSafeInteger(value)) throw new Defect(`${value} is no integer that a record can hold`);
    // Four groups of seven bits at once, and the rest. Twice the value may leave the exact range of a double, so the
    // lowest bits are cut off before doubling.
    const magnitude = value < 0 ? -(value + 1) : value;
    const rest = Math.floor(magnitude / 0x8000000);
    const low = (magnitude - rest * 0x8000000) * 2 + (value < 0 ? 1 : 0);
    const bytes = this.#bytes;
    const at = this.#at;
    bytes[at] = (low & 0x7f) | 0x80;
    bytes[at + 1] = ((low >>> 7) & 0x7f) | 0x80;
    bytes[at + 2] = ((low >>> 14) & 0x7f) | 0x80;
    bytes[at + 3] = (low >>> 21) | 0x80;
    this.#at = at + 4;
    this.#groups(rest);
  }

  /** Seven bits in each byte, the lowest first. */
  #groups(bits: number): void {
    const bytes = this.#bytes;
    let rest = bits;
    for (; rest > 0x7f; rest >>>= 7) bytes[this.#at++] = (rest & 0x7f) | 0x80;
    bytes[this.#at++] = rest;
  }

  string(value: string): void {
    const length = value.length;
    if (length < 64 && (length < charactersByHand ? this.#shortAscii(value) : this.#shortText(value))) return;
    const size = Buffer.byteLength(value);
    this.long(size);
    this.#reserve(size);
    this.#at += this.#bytes.utf8Write(value, this.#at, size);
  }

  /** A text of few characters, all ASCII; answers false, with nothing written, when they are not. */
  #shortAscii(value: string): boolean {
    const length = value.length;
    this.#reserve(1 + length);
    const bytes = this.#bytes;
    let at = this.#at;
    bytes[at++] = length << 1;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 0x7f) return false;
      bytes[at++] = code;
    }
    this.#at = at;
    return true;
  }

  /** A text of less than 64 bytes, which are counted by writing them behind the one byte that holds their number. */
  #shortText(value: string): boolean {
    this.#reserve(1 + value.length * 3);
    const size = this.#bytes.utf8Write(value, this.#at + 1, value.length * 3);
    if (size >= 64) return false;
    this.#bytes[this.#at] = size << 1;
    this.#at += 1 + size;
    return true;
  }

  bytes(value: Uint8Array): void {
    const { length } = value;
    this.long(length);
    this.#reserve(length);
    const bytes = this.#bytes;
    if (length > bytesByHand) bytes.set(value, this.#at);
    else for (let i = 0, at = this.#at; i < length; i++, at++) bytes[at] = value[i] as number;
    this.#at += length;
  }

  json(value: Payload): void {
    const { ascii } = value;
    if (ascii === undefined) this.bytes(value.bytes);
    else if (ascii.length >= charactersByHand || !this.#shortAscii(ascii)) this.#ascii(ascii);
  }

  #ascii(text: string): void {
    const { length } = text;
    this.long(length);
    this.#reserve(length);
    this.#bytes.latin1Write(text, this.#at, length);
    this.#at += length;
  }

  /** Which branch of a union follows. */
  branch(index: number): void {
    this.long(index);
  }

  symbol(symbols: readonly string[], value: string): void {
    const index = symbols.indexOf(value);
    if (index < 0) throw new Defect(`${JSON.stringify(value)} is none of ${symbols.join(', ')}`);
    this.long(index);
  }

  array<T>(items: readonly T[], item: (writer: AvroWriter, value: T) => void): void {
    if (items.length > 0) {
      this.long(items.length);
      for (const value of items) item(this, value);
    }
    this.long(0);
  }

  map<T>(entries: Readonly<Record<string, T>>, item: (writer: AvroWriter, value: T) => void): void {
    const keys = Object.keys(entries);
    if (keys.length > 0) {
      this.long(keys.length);
      for (const key of keys) {
        this.string(key);
        item(this, entries[key] as T);
      }
    }
    this.long(0);
  }

  #reserve(size: number): void {
    if (this.#at + size > this.#bytes.length) this.#move(size);
  }

  /** Goes on elsewhere: in a piece as large as usual if that will do. */
  #move(size: number): void {
    const written = this.#at - this.#from;
    const needed = written + size;
    const larger = allocate(needed <= pieceBytes ? pieceBytes : needed * 2);
    this.#bytes.copy(larger, 0, this.#from, this.#at);
    this.#bytes = larger;
    this.#from = 0;
    this.#at = written;
  }
}
