/** Writes big-endian Kafka primitives into a buffer of known size. */
export class Writer {
  readonly bytes: Buffer;
  at = 0;

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafe(size);
  }

  int8(value: number): void {
    this.bytes[this.at++] = value & 0xff;
  }
  int16(value: number): void {
    this.at = this.bytes.writeInt16BE(value, this.at);
  }
  int32(value: number): void {
    this.at = this.bytes.writeInt32BE(value, this.at);
  }
  uint32(value: number): void {
    this.at = this.bytes.writeUInt32BE(value, this.at);
  }
  /** Whole numbers of less than 2^53. */
  int64(value: number): void {
    const high = Math.floor(value / 4_294_967_296);
    this.bytes.writeInt32BE(high, this.at);
    this.at = this.bytes.writeUInt32BE(value - high * 4_294_967_296, this.at + 4);
  }
  /** ASCII only: names of topics, client ids. */
  string(value: string): void {
    this.int16(value.length);
    this.at += this.bytes.write(value, this.at, 'latin1');
  }
  /** Zigzag varint of at most 31 bits. */
  varint(value: number): void {
    let rest = ((value << 1) ^ (value >> 31)) >>> 0;
    while (rest > 0x7f) {
      this.bytes[this.at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.at++] = rest;
  }
  raw(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }
}

export function varintSize(value: number): number {
  const rest = ((value << 1) ^ (value >> 31)) >>> 0;
  return rest < 0x80 ? 1 : rest < 0x4000 ? 2 : rest < 0x200000 ? 3 : rest < 0x10000000 ? 4 : 5;
}
