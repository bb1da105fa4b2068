import type { StoredRecord } from '@partitura/log';
import { Fault } from '@partitura/model';
import { gunzipSync } from 'node:zlib';
import { AbortedFilter } from './aborted-filter.ts';
import type { AbortedTransaction } from './fetch.ts';

export interface Decoded {
  readonly records: StoredRecord[];
  /** Behind the last complete batch, whatever was in it; `from` if there was none. */
  readonly nextOffset: number;
  /** How many bytes the first batch has, where not even that came complete. */
  readonly wanted?: number;
}

const headerBytes = 61;
const compressionBits = 0x07;
const appendTimeBit = 0x08;
const transactionBit = 0x10;
const controlBit = 0x20;

/**
 * Records of fetched bytes from an offset on. The position comes from the headers of batches, since a batch may have
 * lost its tail or all of its records to compaction, or hold nothing but a marker. Values are views into `bytes`.
 *
 * @param aborted transactions whose records are left out; undefined: read uncommitted
 */
export function decodeStored(
  bytes: Buffer,
  from: number,
  aborted: readonly AbortedTransaction[] | undefined,
  where: string,
): Decoded {
  const records: StoredRecord[] = [];
  const filter = aborted === undefined ? undefined : new AbortedFilter(aborted);
  let nextOffset = from;
  let at = 0;
  while (at + 12 <= bytes.length) {
    const end = at + 12 + bytes.readInt32BE(at + 8);
    if (end > bytes.length)
      return nextOffset > from || at > 0 ? { records, nextOffset } : { records, nextOffset, wanted: end };
    if (bytes[at + 16] !== 2) throw unreadable(where, `record format ${bytes[at + 16] ?? '?'} is too old`);
    const attributes = bytes.readInt16BE(at + 21);
    const baseOffset = int64(bytes, at);
    const lastOffset = baseOffset + bytes.readInt32BE(at + 23);
    if (lastOffset >= from) nextOffset = lastOffset + 1;
    const batch = { attributes, baseOffset, lastOffset, producerId: int64(bytes, at + 43) };
    const wanted =
      filter === undefined || (attributes & transactionBit) === 0
        ? (attributes & controlBit) === 0
        : filter.admits(batch.producerId, lastOffset, markerIn(bytes, at, attributes));
    if (wanted && lastOffset >= from) readBatch(bytes, at, end, batch, from, records, where);
    at = end;
  }
  return { records, nextOffset };
}

/** Kind of the marker that a control batch holds. */
function markerIn(bytes: Buffer, at: number, attributes: number): 'commit' | 'abort' | undefined {
  if ((attributes & controlBit) === 0) return undefined;
  if (bytes.readInt32BE(at + 57) === 0) return 'commit'; // compacted away: nothing of it is left to filter
  const cursor = { bytes, at: at + headerBytes };
  varint(cursor); // length
  cursor.at += 1; // attributes
  varlong(cursor); // timestamp delta
  varint(cursor); // offset delta
  varint(cursor); // length of the key: version, type
  return bytes.readInt16BE(cursor.at + 2) === 0 ? 'abort' : 'commit';
}

interface BatchHeader {
  readonly attributes: number;
  readonly baseOffset: number;
}

function readBatch(
  bytes: Buffer,
  start: number,
  end: number,
  { attributes, baseOffset }: BatchHeader,
  from: number,
  into: StoredRecord[],
  where: string,
): void {
  const count = bytes.readInt32BE(start + 57);
  if (count === 0) return;
  const appended = (attributes & appendTimeBit) !== 0;
  const time = int64(bytes, start + (appended ? 35 : 27));
  const cursor: Cursor = { bytes, at: start + headerBytes };
  const compression = attributes & compressionBits;
  if (compression !== 0) {
    cursor.bytes = inflate(bytes.subarray(cursor.at, end), compression, where);
    cursor.at = 0;
  }
  for (let i = 0; i < count; i++) {
    const length = varint(cursor);
    const next = cursor.at + length;
    cursor.at += 1; // attributes
    const timestamp = appended ? (varlong(cursor), time) : time + varlong(cursor);
    const offset = baseOffset + varint(cursor);
    if (offset >= from) into.push(readRecord(cursor, offset, timestamp));
    cursor.at = next;
  }
}

function readRecord(cursor: Cursor, offset: number, timestamp: number): StoredRecord {
  const key = readBytes(cursor);
  const value = readBytes(cursor);
  const count = varint(cursor);
  if (count === 0) return { offset, timestamp, key, value };
  const headers: Record<string, Uint8Array> = {};
  for (let i = 0; i < count; i++) {
    const length = varint(cursor);
    const name = cursor.bytes.toString('utf8', cursor.at, (cursor.at += length));
    const bytes = readBytes(cursor) ?? new Uint8Array(0);
    // Names come from outside and may be those of an object's own machinery.
    Object.defineProperty(headers, name, { value: bytes, enumerable: true, configurable: true, writable: true });
  }
  return { offset, timestamp, key, value, headers };
}

function inflate(bytes: Buffer, compression: number, where: string): Buffer {
  // A batch is bounded by its topic, and what it becomes by this.
  if (compression === 1) return gunzipSync(bytes, { maxOutputLength: 268_435_456 });
  const name = ['none', 'gzip', 'snappy', 'lz4', 'zstd'][compression] ?? `codec ${compression}`;
  throw unreadable(where, `records are compressed with ${name}; set compression.type=uncompressed on the topic`);
}

function unreadable(where: string, why: string): Fault {
  return new Fault('UNREADABLE', `${where}: ${why}`, { retryable: false });
}

interface Cursor {
  bytes: Buffer;
  at: number;
}

function readBytes(cursor: Cursor): Buffer | null {
  const length = varint(cursor);
  return length < 0 ? null : cursor.bytes.subarray(cursor.at, (cursor.at += length));
}

function varint(cursor: Cursor): number {
  const { bytes } = cursor;
  let byte = bytes[cursor.at++] as number;
  let value = byte & 0x7f;
  for (let shift = 7; byte > 0x7f; shift += 7) {
    byte = bytes[cursor.at++] as number;
    value |= (byte & 0x7f) << shift;
  }
  return (value >>> 1) ^ -(value & 1);
}

/** As {@link varint}, beyond 32 bits; exact below 2^52. */
function varlong(cursor: Cursor): number {
  const { bytes } = cursor;
  let byte = bytes[cursor.at++] as number;
  let value = byte & 0x7f;
  for (let scale = 128; byte > 0x7f; scale *= 128) {
    byte = bytes[cursor.at++] as number;
    value += (byte & 0x7f) * scale;
  }
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

function int64(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * 4_294_967_296 + bytes.readUInt32BE(at + 4);
}
