import type { LogRecord } from '@partitura/log';
import { crc32c } from './crc32c.ts';
import { varintSize, type Writer } from './writer.ts';

/** Bytes of a batch before its records. */
export const batchOverhead = 61;

/** Bytes of one record in a batch, where its offset delta is below 8,192; a bound for those above. */
export function recordSize(record: LogRecord): number {
  const body = bodySize(record, 0);
  return varintSize(body + 2) + body + 2;
}

/** Writes records as one batch of format 2, uncompressed, without a producer id. */
export function writeBatch(out: Writer, records: readonly LogRecord[], timestamp: number): void {
  const start = out.at;
  out.int64(0); // base offset: the broker's
  out.int32(0); // length, below
  out.int32(-1); // leader epoch
  out.int8(2); // format
  out.uint32(0); // checksum, below
  const checked = out.at;
  out.int16(0); // attributes: no compression, producer's time, no transaction
  out.int32(records.length - 1);
  out.int64(timestamp);
  out.int64(timestamp);
  out.int64(-1); // producer id
  out.int16(-1);
  out.int32(-1);
  out.int32(records.length);
  for (let i = 0; i < records.length; i++) writeRecord(out, records[i] as LogRecord, i);
  out.bytes.writeInt32BE(out.at - start - 12, start + 8);
  out.bytes.writeUInt32BE(crc32c(out.bytes, checked, out.at), checked - 4);
}

/** Exact size of the batch that {@link writeBatch} writes. */
export function batchSize(records: readonly LogRecord[]): number {
  let size = batchOverhead;
  for (let i = 0; i < records.length; i++) {
    const body = bodySize(records[i] as LogRecord, i);
    size += varintSize(body) + body;
  }
  return size;
}

function writeRecord(out: Writer, record: LogRecord, index: number): void {
  out.varint(bodySize(record, index));
  out.int8(0); // attributes
  out.int8(0); // timestamp delta
  out.varint(index);
  writeBytes(out, record.key);
  writeBytes(out, record.value);
  const { headers } = record;
  if (headers === undefined) {
    out.int8(0);
    return;
  }
  const entries = Object.entries(headers);
  out.varint(entries.length);
  for (const [name, value] of entries) {
    const length = Buffer.byteLength(name);
    out.varint(length);
    out.at += out.bytes.write(name, out.at, 'utf8');
    writeBytes(out, value);
  }
}

function writeBytes(out: Writer, bytes: Uint8Array | null): void {
  if (bytes === null) {
    out.int8(1); // varint of -1
    return;
  }
  out.varint(bytes.length);
  out.raw(bytes);
}

/** Bytes of a record after its length. */
function bodySize({ key, value, headers }: LogRecord, index: number): number {
  let size = 2 + varintSize(index) + bytesSize(key) + bytesSize(value) + 1;
  if (headers !== undefined) {
    const names = Object.keys(headers);
    size += varintSize(names.length) - 1;
    for (const name of names) {
      const length = Buffer.byteLength(name);
      size += varintSize(length) + length + bytesSize(headers[name] ?? null);
    }
  }
  return size;
}

function bytesSize(bytes: Uint8Array | null): number {
  return bytes === null ? 1 : varintSize(bytes.length) + bytes.length;
}
