/**
 * Frames: the unit that is checked. A frame is one batch of records of one partition, or one fact about the log
 * itself. Little endian:
 *
 *     0  u32  length of the body
 *     4  u32  CRC32C of the body
 *     8  u8   kind: 1 records, 2 fact                          the body begins here
 *     9  u32  topic id          13 u32  partition              (records)
 *    17  f64  base offset       25 f64  time, epoch ms
 *    33  u32  count             37 ...  the records
 *     9  ...  JSON                                             (fact)
 *
 * A record is `u32 key length + 1, u32 value length + 1` (0 for null), `u16 header count`, key, value, headers; a
 * header is `u16 name length, u32 value length`, name, value.
 */
import type { LogRecord, StoredRecord } from '@partitura/log';
import { crc32c } from './crc32c.ts';

export const frameHead = 8;
const recordsHead = 37;
const factHead = 9;
const recordHead = 10;
const headerHead = 6;
const kindRecords = 1;
const kindFact = 2;

/** No frame is larger; a length above this is damage. */
export const frameBytesMax = 256 * 1024 * 1024;

export function recordSize(record: LogRecord): number {
  let size = recordHead + (record.key?.length ?? 0) + (record.value?.length ?? 0);
  if (record.headers !== undefined) {
    for (const name in record.headers) {
      size += headerHead + Buffer.byteLength(name) + (record.headers[name] as Uint8Array).length;
    }
  }
  return size;
}

export const recordsFrameSize = (recordsBytes: number): number => recordsHead + recordsBytes;

/** Writes a frame of records; offset, time and checksum come later, with {@link stampRecords}. */
export function writeRecords(
  into: Buffer,
  start: number,
  size: number,
  topicId: number,
  partition: number,
  records: readonly LogRecord[],
): void {
  into.writeUInt32LE(size - frameHead, start);
  into[start + 8] = kindRecords;
  into.writeUInt32LE(topicId, start + 9);
  into.writeUInt32LE(partition, start + 13);
  into.writeUInt32LE(records.length, start + 33);
  let at = start + recordsHead;
  for (const record of records) at = writeRecord(into, at, record);
}

function writeRecord(into: Buffer, start: number, { key, value, headers }: LogRecord): number {
  into.writeUInt32LE(key === null ? 0 : key.length + 1, start);
  into.writeUInt32LE(value === null ? 0 : value.length + 1, start + 4);
  let at = start + recordHead;
  if (key !== null) {
    into.set(key, at);
    at += key.length;
  }
  if (value !== null) {
    into.set(value, at);
    at += value.length;
  }
  let count = 0;
  if (headers !== undefined) {
    for (const name in headers) {
      const bytes = headers[name] as Uint8Array;
      const nameLength = into.write(name, at + headerHead);
      into.writeUInt16LE(nameLength, at);
      into.writeUInt32LE(bytes.length, at + 2);
      into.set(bytes, at + headerHead + nameLength);
      at += headerHead + nameLength + bytes.length;
      count++;
    }
  }
  into.writeUInt16LE(count, start + 8);
  return at;
}

export function stampRecords(frame: Buffer, start: number, baseOffset: number, time: number): void {
  frame.writeDoubleLE(baseOffset, start + 17);
  frame.writeDoubleLE(time, start + 25);
}

export const factFrameSize = (json: Buffer): number => factHead + json.length;

export function writeFact(into: Buffer, start: number, json: Buffer): void {
  into.writeUInt32LE(factHead - frameHead + json.length, start);
  into[start + 8] = kindFact;
  into.set(json, start + factHead);
}

/** Writes the checksum of a finished frame and returns it. */
export function sealFrame(frame: Buffer, start: number, size: number): number {
  const crc = crc32c(frame, start + frameHead, start + size);
  frame.writeUInt32LE(crc, start + 4);
  return crc;
}

export type FrameHead =
  | ({ readonly kind: 'records'; readonly size: number; readonly crc: number } & BatchHead)
  | { readonly kind: 'fact'; readonly size: number; readonly crc: number };
export interface BatchHead {
  readonly topicId: number;
  readonly partition: number;
  readonly baseOffset: number;
  readonly time: number;
  readonly count: number;
}

/** Size of the frame that begins here, also where its body is not in the buffer; undefined where none can begin. */
export function frameSizeAt(bytes: Buffer, start: number): number | undefined {
  if (start + frameHead > bytes.length) return undefined;
  const length = bytes.readUInt32LE(start);
  return length === 0 || length > frameBytesMax ? undefined : frameHead + length;
}

/** The frame at this place, its checksum verified; undefined where there is none or not all of it. */
export function readFrame(bytes: Buffer, start: number): FrameHead | undefined {
  const size = frameSizeAt(bytes, start);
  if (size === undefined || start + size > bytes.length) return undefined;
  const crc = bytes.readUInt32LE(start + 4);
  if (crc32c(bytes, start + frameHead, start + size) !== crc) return undefined;
  if (bytes[start + 8] === kindFact) return { kind: 'fact', size, crc };
  if (bytes[start + 8] !== kindRecords || size < recordsHead) return undefined;
  return { kind: 'records', size, crc, ...readBatchHead(bytes, start) };
}

/** The head of a frame of records, unverified. */
export function readBatchHead(bytes: Buffer, start: number): BatchHead {
  return {
    topicId: bytes.readUInt32LE(start + 9),
    partition: bytes.readUInt32LE(start + 13),
    baseOffset: bytes.readDoubleLE(start + 17),
    time: bytes.readDoubleLE(start + 25),
    count: bytes.readUInt32LE(start + 33),
  };
}
export const batchHeadBytes = recordsHead;

export function readFact(bytes: Buffer, start: number, size: number): unknown {
  return JSON.parse(bytes.toString('utf8', start + factHead, start + size));
}

/** The records of a frame. Keys and values are views of `bytes`. */
export function readRecords(bytes: Buffer, start: number): StoredRecord[] {
  const { baseOffset, time, count } = readBatchHead(bytes, start);
  const records: StoredRecord[] = [];
  let at = start + recordsHead;
  for (let i = 0; i < count; i++) {
    const keyLength = bytes.readUInt32LE(at) - 1;
    const valueLength = bytes.readUInt32LE(at + 4) - 1;
    let headersLeft = bytes.readUInt16LE(at + 8);
    at += recordHead;
    const keyAt = at;
    if (keyLength > 0) at += keyLength;
    const valueAt = at;
    if (valueLength > 0) at += valueLength;
    const key = keyLength < 0 ? null : bytes.subarray(keyAt, keyAt + keyLength);
    const value = valueLength < 0 ? null : bytes.subarray(valueAt, valueAt + valueLength);
    const offset = baseOffset + i;
    if (headersLeft === 0) {
      records.push({ key, value, offset, timestamp: time });
      continue;
    }
    const headers = Object.create(null) as Record<string, Uint8Array>;
    for (; headersLeft > 0; headersLeft--) {
      const nameAt = at + headerHead;
      const bytesAt = nameAt + bytes.readUInt16LE(at);
      const end = bytesAt + bytes.readUInt32LE(at + 2);
      headers[bytes.toString('utf8', nameAt, bytesAt)] = bytes.subarray(bytesAt, end);
      at = end;
    }
    records.push({ key, value, headers, offset, timestamp: time });
  }
  return records;
}
