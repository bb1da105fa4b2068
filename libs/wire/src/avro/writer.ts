import { Defect, type Payload } from '@partitura/model';

const initialBytes = 16 * 1024;
/** What the scratch may keep between two encodings; one large record must not hold memory for ever. */
const keptBytes = 1024 * 1024;
/** From here on a call into the runtime's encoder costs less than copying character by character. */
const charactersByHand = 24;

/**
 * Writes Avro's binary encoding into a scratch buffer that is used again and again; only the finished record is
 * copied out. Values that the schema cannot hold are our own mistake: `Defect`.
 */
export class AvroWriter {
  #bytes: Buffer = Buffer.allocUnsafeSlow(initialBytes);
  #at = 0;

  /** Begins a record with Confluent's frame: magic 0 and the schema id. */
  open(schemaId: number): this {
    this.#at = 5;
    const bytes = this.#bytes;
    bytes[0] = 0;
    bytes[1] = schemaId >>> 24;
    bytes[2] = schemaId >>> 16;
    bytes[3] = schemaId >>> 8;
    bytes[4] = schemaId;
    return this;
  }

  /** The finished record, in memory of its own. */
  close(): Uint8Array {
    const record = Buffer.allocUnsafe(this.#at);
    this.#bytes.copy(record, 0, 0, this.#at);
    if (this.#bytes.length > keptBytes) this.#bytes = Buffer.allocUnsafeSlow(initialBytes);
    return record;
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
    let zigzag: number;
    if (value >= -0x40000000 && value < 0x40000000 && (value | 0) === value) {
      zigzag = ((value << 1) ^ (value >> 31)) >>> 0;
    } else {
      if (!Number.isSafeInteger(value)) throw new Defect(`${value} is no integer that a record can hold`);
      // Twice the value may leave the exact range of a double, so its lowest seven bits are cut off before doubling.
      const magnitude = value < 0 ? -(value + 1) : value;
      this.#bytes[this.#at++] = (magnitude % 64) * 2 + (value < 0 ? 1 : 0) + 0x80;
      zigzag = Math.floor(magnitude / 64);
      for (; zigzag > 0x7fffffff; zigzag = Math.floor(zigzag / 128)) this.#bytes[this.#at++] = (zigzag % 128) + 0x80;
    }
    for (; zigzag > 0x7f; zigzag >>>= 7) this.#bytes[this.#at++] = (zigzag & 0x7f) | 0x80;
    this.#bytes[this.#at++] = zigzag;
  }

  string(value: string): void {
    const length = value.length;
    if (length < 64 && (length < charactersByHand ? this.#shortAscii(value) : this.#shortText(value))) return;
    const size = Buffer.byteLength(value);
    this.long(size);
    this.#reserve(size);
    this.#at += this.#bytes.write(value, this.#at, size, 'utf8');
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
    const size = this.#bytes.write(value, this.#at + 1, value.length * 3, 'utf8');
    if (size >= 64) return false;
    this.#bytes[this.#at] = size << 1;
    this.#at += 1 + size;
    return true;
  }

  bytes(value: Uint8Array): void {
    this.long(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
  }

  json(value: Payload): void {
    this.bytes(value.bytes);
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
    const needed = this.#at + size;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}
