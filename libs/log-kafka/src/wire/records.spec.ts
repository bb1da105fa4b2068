/** What we write, kafkajs reads; what kafkajs writes, we read: two independent views of one format. */
import type { LogRecord } from '@partitura/log';
import { describe, expect, it } from '@jest/globals';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { crc32c } from './crc32c.ts';
import { batchOverhead, batchSize, recordSize, writeBatch } from './record-batch.ts';
import { decodeStored } from './stored-records.ts';
import { Writer } from './writer.ts';

const require = createRequire(import.meta.url);
const Decoder = require('kafkajs/src/protocol/decoder');
const { RecordBatch: encodeByKafkaJs } = require('kafkajs/src/protocol/recordBatch/v0');
const recordByKafkaJs = require('kafkajs/src/protocol/recordBatch/record/v0');
const decodeByKafkaJs = require('kafkajs/src/protocol/recordBatch/v0/decoder');

const time = 1_700_000_000_123;

function batchOf(records: readonly LogRecord[]): Buffer {
  const out = new Writer(batchSize(records));
  writeBatch(out, records, time);
  expect(out.at).toBe(out.bytes.length);
  return out.bytes;
}

/** A batch at an offset, with header fields as a broker or another producer sets them. */
function stored(
  base: number,
  values: readonly string[],
  header: { attributes?: number; producerId?: number; lastDelta?: number; maxTime?: number; deltas?: number[] } = {},
): Buffer {
  const bytes = batchOf(values.map((value) => ({ key: null, value: Buffer.from(value) })));
  bytes.writeBigInt64BE(BigInt(base), 0);
  bytes.writeInt16BE(header.attributes ?? 0, 21);
  if (header.lastDelta !== undefined) bytes.writeInt32BE(header.lastDelta, 23);
  if (header.maxTime !== undefined) bytes.writeBigInt64BE(BigInt(header.maxTime), 35);
  if (header.producerId !== undefined) bytes.writeBigInt64BE(BigInt(header.producerId), 43);
  return bytes;
}

const transactional = 0x10;
function marker(base: number, producerId: number, type: 'commit' | 'abort'): Buffer {
  const key = Buffer.from([0, 0, 0, type === 'commit' ? 1 : 0]);
  const bytes = batchOf([{ key, value: Buffer.alloc(6) }]);
  bytes.writeBigInt64BE(BigInt(base), 0);
  bytes.writeInt16BE(transactional | 0x20, 21);
  bytes.writeBigInt64BE(BigInt(producerId), 43);
  return bytes;
}

const textsOf = (bytes: Buffer, from: number, aborted?: { producerId: number; firstOffset: number }[]): string[] =>
  decodeStored(bytes, from, aborted, 't/0').records.map((record) => Buffer.from(record.value!).toString());

describe('a written batch', () => {
  const records: LogRecord[] = [
    { key: Buffer.from('k'), value: Buffer.from('v'), headers: { a: Buffer.from('1'), größe: new Uint8Array(0) } },
    { key: null, value: null },
    { key: new Uint8Array(0), value: Buffer.alloc(100_000, 7) },
    ...Array.from({ length: 200 }, (_, i) => ({ key: null, value: Buffer.from(String(i)) })),
  ];

  it('is what kafkajs reads', async () => {
    const bytes = batchOf(records);
    const batch = await decodeByKafkaJs(new Decoder(bytes));
    expect(batch.records).toHaveLength(records.length);
    expect(batch.records[0].headers).toEqual({ a: Buffer.from('1'), größe: Buffer.alloc(0) });
    batch.records.forEach((record: { key: Buffer | null; value: Buffer | null; offset: string }, i: number) => {
      expect([record.key, record.value, Number(record.offset)]).toEqual([
        records[i]!.key === null ? null : Buffer.from(records[i]!.key),
        records[i]!.value === null ? null : Buffer.from(records[i]!.value),
        i,
      ]);
    });
  });

  it('has the checksum over everything from the attributes on', () => {
    const bytes = batchOf(records);
    expect(bytes.readUInt32BE(17)).toBe(crc32c(bytes, 21));
  });

  it('is not larger than what was reckoned for its records, and hardly smaller', () => {
    for (const record of records) {
      const { length } = batchOf([record]);
      const reckoned = batchOverhead + recordSize(record);
      expect(length).toBeLessThanOrEqual(reckoned);
      expect(length).toBeGreaterThan(reckoned - 4);
    }
    const reckoned = records.reduce((sum, record) => sum + recordSize(record), batchOverhead);
    expect(batchOf(records).length).toBeLessThanOrEqual(reckoned);
  });

  it('is read back as it was', () => {
    const { records: read, nextOffset } = decodeStored(batchOf(records), 0, undefined, 't/0');
    expect(nextOffset).toBe(records.length);
    read.forEach((record, i) => {
      const { key, value, headers } = records[i]!;
      expect(record).toMatchObject({ offset: i, timestamp: time });
      expect(record.key === null ? null : Buffer.from(record.key)).toEqual(key === null ? null : Buffer.from(key));
      expect(record.value === null ? null : Buffer.compare(record.value, value!)).toBe(value === null ? null : 0);
      expect(Object.keys(record.headers ?? {})).toEqual(Object.keys(headers ?? {}));
    });
  });
});

describe('stored bytes', () => {
  it('as kafkajs writes them are read, with times of each record', async () => {
    const own = ['a', 'b', 'c'].map((value, i) =>
      recordByKafkaJs({ offsetDelta: i, timestampDelta: i * 1_000, key: null, value, headers: {} }),
    );
    const { buffer } = await encodeByKafkaJs({
      firstTimestamp: time,
      maxTimestamp: time + 2_000,
      lastOffsetDelta: 2,
      records: own,
    });
    expect(decodeStored(buffer, 0, undefined, 't/0').records.map((r) => r.timestamp)).toEqual([
      time,
      time + 1_000,
      time + 2_000,
    ]);
  });

  it('carry the append time where the topic says so', () => {
    const bytes = stored(0, ['a'], { attributes: 0x08, maxTime: time + 5 });
    expect(decodeStored(bytes, 0, undefined, 't/0').records[0]?.timestamp).toBe(time + 5);
  });

  it('begin at the offset that was asked for, also inside a batch', () => {
    const bytes = Buffer.concat([stored(10, ['a', 'b', 'c']), stored(13, ['d'])]);
    expect(textsOf(bytes, 12)).toEqual(['c', 'd']);
    expect(textsOf(bytes, 13)).toEqual(['d']);
  });

  it('lead on behind a batch that compaction emptied or shortened', () => {
    const emptied = stored(0, [], { lastDelta: 4 });
    expect(decodeStored(emptied, 0, undefined, 't/0')).toMatchObject({ records: [], nextOffset: 5 });
    const shortened = Buffer.concat([emptied, stored(5, ['a'], { lastDelta: 9 })]);
    expect(decodeStored(shortened, 3, undefined, 't/0')).toMatchObject({ nextOffset: 15 });
    expect(textsOf(shortened, 3)).toEqual(['a']);
  });

  it('may end in a cut batch, which is left for the next read', () => {
    const whole = stored(0, ['a', 'b']);
    const bytes = Buffer.concat([whole, stored(2, ['c'])]);
    for (let cut = whole.length; cut < bytes.length; cut++)
      expect(decodeStored(bytes.subarray(0, cut), 0, undefined, 't/0')).toMatchObject({ nextOffset: 2 });
  });

  it('tell how many bytes the first batch has when not even that came whole', () => {
    const bytes = stored(0, ['a long value']);
    expect(decodeStored(bytes.subarray(0, 20), 0, undefined, 't/0')).toEqual({
      records: [],
      nextOffset: 0,
      wanted: bytes.length,
    });
  });

  it('compressed with gzip are read, with anything else refused by name', () => {
    const plain = stored(0, ['a', 'b']);
    const packed = (codec: number): Buffer => {
      const body = gzipSync(plain.subarray(batchOverhead));
      const bytes = Buffer.concat([plain.subarray(0, batchOverhead), body]);
      bytes.writeInt32BE(bytes.length - 12, 8);
      bytes.writeInt16BE(codec, 21);
      return bytes;
    };
    expect(textsOf(packed(1), 0)).toEqual(['a', 'b']);
    expect(() => textsOf(packed(4), 0)).toThrow('zstd');
  });

  it('keep headers that are named like parts of an object', () => {
    const bytes = batchOf([{ key: null, value: null, headers: Object.fromEntries([['__proto__', Buffer.from('x')]]) }]);
    const { headers } = decodeStored(bytes, 0, undefined, 't/0').records[0]!;
    expect(Object.keys(headers!)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(headers)).toBe(Object.prototype);
  });
});

describe('reading committed', () => {
  const t = (base: number, producerId: number, ...values: string[]): Buffer =>
    stored(base, values, { attributes: transactional, producerId });

  it('leaves out what was aborted and every marker, and moves on over them', () => {
    const bytes = Buffer.concat([t(0, 1, 'a', 'b'), marker(2, 1, 'abort'), t(3, 1, 'c'), marker(4, 1, 'commit')]);
    expect(textsOf(bytes, 0, [{ producerId: 1, firstOffset: 0 }])).toEqual(['c']);
    expect(decodeStored(bytes, 0, [{ producerId: 1, firstOffset: 0 }], 't/0').nextOffset).toBe(5);
    expect(textsOf(bytes, 0)).toEqual(['a', 'b', 'c']);
  });

  it('keeps transactions apart that were open at the same time, in whatever order the list comes', () => {
    const bytes = Buffer.concat([
      t(0, 1, 'one aborts'),
      t(1, 2, 'two aborts'),
      t(2, 3, 'three commits'),
      stored(3, ['plain']),
      marker(4, 2, 'abort'),
      t(5, 2, 'two commits'),
      t(6, 1, 'one aborts still'),
      marker(7, 1, 'abort'),
      t(8, 1, 'one commits'),
      marker(9, 3, 'commit'),
    ]);
    // As a broker sends it: by the offsets of the markers.
    const aborted = [
      { producerId: 2, firstOffset: 1 },
      { producerId: 1, firstOffset: 0 },
    ];
    const expected = ['three commits', 'plain', 'two commits', 'one commits'];
    expect(textsOf(bytes, 0, aborted)).toEqual(expected);
    expect(textsOf(bytes, 0, aborted.toReversed())).toEqual(expected);
  });

  it('leaves out two aborted transactions of one producer', () => {
    const bytes = Buffer.concat([
      t(0, 1, 'a'),
      marker(1, 1, 'abort'),
      t(2, 1, 'b'),
      marker(3, 1, 'abort'),
      t(4, 1, 'c'),
    ]);
    const aborted = [0, 2].map((firstOffset) => ({ producerId: 1, firstOffset }));
    expect(textsOf(bytes, 0, aborted)).toEqual(['c']);
  });

  it('knows an aborted transaction that began before the first byte', () => {
    const bytes = Buffer.concat([t(5, 1, 'x'), marker(6, 1, 'abort'), t(7, 1, 'y')]);
    expect(textsOf(bytes, 5, [{ producerId: 1, firstOffset: 2 }])).toEqual(['y']);
  });

  it('takes a plain record whose key looks like a marker for a record', () => {
    const looksLikeAbort = batchOf([{ key: Buffer.from([0, 0, 0, 0]), value: Buffer.from('plain') }]);
    looksLikeAbort.writeInt16BE(transactional, 21);
    looksLikeAbort.writeBigInt64BE(1n, 43);
    expect(textsOf(looksLikeAbort, 0, [])).toEqual(['plain']);
  });
});
