import { describe, expect, it } from '@jest/globals';
import { fault, numbers, offsetsOf, record, recordsOf, textsOf, utf8, type Bench } from './contract-world.ts';
import type { StoredRecord } from './port.ts';

export function describeRecords(bench: Bench): void {
  describeAppend(bench);
  describeSend(bench);
  describeFetch(bench);
}

function describeAppend(bench: Bench): void {
  describe('append', () => {
    it('gives contiguous offsets from 0 on and says where a batch begins', async () => {
      const topic = await bench.topic(2);
      expect((await bench.log.append(topic, 1, recordsOf('a', 'b', 'c'))).baseOffset).toBe(0);
      expect((await bench.log.append(topic, 1, recordsOf('d'))).baseOffset).toBe(3);
      expect((await bench.log.append(topic, 0, recordsOf('x'))).baseOffset).toBe(0);

      const batch = await bench.log.fetch(topic, 1, 0);
      const rest = batch.nextOffset < 4 ? (await bench.log.fetch(topic, 1, batch.nextOffset)).records : [];
      expect(textsOf([...batch.records, ...rest])).toEqual(['a', 'b', 'c', 'd']);
      expect(await bench.log.offsets(topic, 1)).toEqual({ start: 0, end: 4 });
    });

    it('keeps keys, values and headers byte by byte, and null apart from empty', async () => {
      const topic = await bench.topic();
      const bytes = Uint8Array.from(numbers(0, 256));
      await bench.log.append(topic, 0, [
        { key: bytes, value: bytes, headers: { plain: utf8('ä'), empty: new Uint8Array(0) } },
        { key: null, value: new Uint8Array(0) },
        { key: new Uint8Array(0), value: null },
      ]);

      const { records } = await bench.log.fetch(topic, 0, 0);
      expect(records.map((r) => [plain(r.key), plain(r.value)])).toEqual([
        [[...bytes], [...bytes]],
        [null, []],
        [[], null],
      ]);
      expect(plain(records[0]!.headers!['plain']!)).toEqual([...utf8('ä')]);
      expect(plain(records[0]!.headers!['empty']!)).toEqual([]);
      expect(Object.keys(records[1]!.headers ?? {})).toEqual([]);
    });

    it('does not keep the bytes of its caller', async () => {
      const topic = await bench.topic();
      const value = utf8('before');
      await bench.log.append(topic, 0, [{ key: null, value }]);
      value.set(utf8('after!'));
      expect(textsOf((await bench.log.fetch(topic, 0, 0)).records)).toEqual(['before']);
    });

    it('never mixes the records of two batches', async () => {
      const topic = await bench.topic();
      const other = await bench.world.another();
      const batches = numbers(0, 24).map((n) => numbers(0, 5).map((i) => `${n}.${i}`));
      const acks = await Promise.all(
        batches.map((values, n) => (n % 2 ? other : bench.log).append(topic, 0, recordsOf(...values))),
      );

      const stored = await readAll(bench, topic);
      expect(offsetsOf(stored)).toEqual(numbers(0, 120));
      acks.forEach(({ baseOffset }, n) => {
        expect(textsOf(stored.slice(baseOffset, baseOffset + 5))).toEqual(batches[n]);
      });
    });

    it('stamps the records of a topic that wants append times, and says the time', async () => {
      const topic = await bench.topic(1, { timestamps: 'append' });
      const first = await bench.log.append(topic, 0, recordsOf('a', 'b'));
      const second = await bench.log.append(topic, 0, recordsOf('c'));

      expect(first.appendTime).toEqual(expect.any(Number));
      expect(second.appendTime).toBeGreaterThanOrEqual(first.appendTime!);
      expect((await readAll(bench, topic)).map((r) => r.timestamp)).toEqual([
        first.appendTime,
        first.appendTime,
        second.appendTime,
      ]);
    });

    it('says no append time where producers stamp', async () => {
      const topic = await bench.topic(1, { timestamps: 'create' });
      expect((await bench.log.append(topic, 0, recordsOf('a'))).appendTime).toBeUndefined();
      expect((await readAll(bench, topic))[0]?.timestamp).toEqual(expect.any(Number));
    });

    it('refuses what is above the limit of the topic, and writes nothing of it', async () => {
      const topic = await bench.topic(1, { maxMessageBytes: 10_000 });
      const large = { key: null, value: new Uint8Array(10_001) };
      await expect(bench.log.append(topic, 0, [record('small'), large])).rejects.toMatchObject({
        ...fault('TOO_LARGE'),
        retryable: false,
      });
      expect(await bench.log.offsets(topic, 0)).toEqual({ start: 0, end: 0 });
      expect((await bench.log.append(topic, 0, recordsOf('a'))).baseOffset).toBe(0);
    });

    it('takes a record of several megabytes where the topic allows it', async () => {
      const topic = await bench.topic(1, { maxMessageBytes: 8_388_608 });
      const value = new Uint8Array(3_145_728).map((_, i) => i % 251);
      await bench.log.append(topic, 0, [{ key: utf8('k'), value }]);
      const stored = (await bench.log.fetch(topic, 0, 0)).records[0]!.value!;
      expect(Buffer.compare(stored, value)).toBe(0);
    });
  });
}

function describeSend(bench: Bench): void {
  describe('send', () => {
    it('delivers to many topics and partitions and keeps the order within each', async () => {
      const [one, two] = [await bench.topic(3), await bench.topic()];
      await bench.log.send(
        numbers(0, 40).map((n) => ({
          topic: n % 4 === 3 ? two : one,
          partition: n % 4 === 3 ? 0 : n % 4,
          ...record(String(n)),
        })),
      );

      for (const partition of [0, 1, 2]) {
        expect(textsOf(await readAll(bench, one, partition))).toEqual(
          numbers(0, 10).map((n) => String(4 * n + partition)),
        );
      }
      expect(textsOf(await readAll(bench, two))).toEqual(numbers(0, 10).map((n) => String(4 * n + 3)));
    });

    it('of nothing succeeds', async () => {
      await expect(bench.log.send([])).resolves.toBeUndefined();
    });

    it('of a record that is too large is refused', async () => {
      const topic = await bench.topic(1, { maxMessageBytes: 10_000 });
      const send = bench.log.send([{ topic, partition: 0, key: null, value: new Uint8Array(10_001) }]);
      await expect(send).rejects.toMatchObject(fault('TOO_LARGE'));
    });

    it('of many records that are together above the limit of one batch arrives', async () => {
      const topic = await bench.topic(1, { maxMessageBytes: 10_000 });
      await bench.log.send(
        numbers(0, 30).map(() => ({ topic, partition: 0, key: null, value: new Uint8Array(1_000) })),
      );
      expect((await bench.log.offsets(topic, 0)).end).toBe(30);
    });
  });
}

function describeFetch(bench: Bench): void {
  describe('fetch', () => {
    it('begins exactly at the offset asked for, also inside a batch', async () => {
      const topic = await bench.topic();
      await bench.log.append(topic, 0, recordsOf('0', '1', '2', '3', '4'));
      await bench.log.append(topic, 0, recordsOf('5', '6'));
      for (const from of numbers(0, 7)) {
        const batch = await bench.log.fetch(topic, 0, from);
        expect(batch).toMatchObject({ topic, partition: 0, highWatermark: 7, logStart: 0, lastStable: 7 });
        expect(offsetsOf(batch.records)).toEqual(numbers(from, batch.nextOffset));
        expect(batch.nextOffset).toBeGreaterThan(from);
        expect(textsOf(batch.records)).toEqual(numbers(from, batch.nextOffset).map(String));
      }
    });

    it('at the end is empty and stays there', async () => {
      const topic = await bench.topic();
      expect(await bench.log.fetch(topic, 0, 0)).toMatchObject({ records: [], nextOffset: 0, highWatermark: 0 });
      await bench.log.append(topic, 0, recordsOf('a', 'b'));
      expect(await bench.log.fetch(topic, 0, 2)).toMatchObject({ records: [], nextOffset: 2, highWatermark: 2 });
    });

    it('at the end waits for the first record if told to', async () => {
      const topic = await bench.topic();
      const waiting = bench.log.fetch(topic, 0, 0, { maxWaitMs: 15_000 });
      await bench.log.append(topic, 0, recordsOf('late'));
      expect(textsOf((await waiting).records)).toEqual(['late']);
    });

    it('at the end answers empty once the wait is over', async () => {
      const topic = await bench.topic();
      expect((await bench.log.fetch(topic, 0, 0, { maxWaitMs: 20 })).records).toEqual([]);
    });

    it('outside the log is refused', async () => {
      const topic = await bench.topic();
      await bench.log.append(topic, 0, recordsOf('a', 'b', 'c'));
      const outside = { ...fault('OFFSET_OUT_OF_RANGE'), retryable: false };
      await expect(bench.log.fetch(topic, 0, 4)).rejects.toMatchObject(outside);
      await bench.log.trim(topic, 0, 2);
      await expect(bench.log.fetch(topic, 0, 1)).rejects.toMatchObject(outside);
      expect(textsOf((await bench.log.fetch(topic, 0, 2)).records)).toEqual(['c']);
    });

    it('gives about as many bytes as asked for, and everything in the end', async () => {
      const topic = await bench.topic();
      for (const n of numbers(0, 12)) {
        await bench.log.append(topic, 0, [{ key: utf8(String(n)), value: new Uint8Array(1_000) }]);
      }
      const first = await bench.log.fetch(topic, 0, 0, { maxBytes: 4_500 });
      expect(first.records.length).toBeLessThan(6);
      expect(first.nextOffset).toBe(first.records.length);
      expect((await readAll(bench, topic, 0, 4_500)).map((r) => Number(Buffer.from(r.key!).toString()))).toEqual(
        numbers(0, 12),
      );
    });

    it('gives at least one batch whatever its size', async () => {
      const topic = await bench.topic();
      await bench.log.append(topic, 0, [{ key: null, value: new Uint8Array(50_000) }]);
      expect((await bench.log.fetch(topic, 0, 0, { maxBytes: 1 })).records).toHaveLength(1);
    });

    it('read committed sees the same where nobody uses transactions', async () => {
      const topic = await bench.topic();
      await bench.log.append(topic, 0, recordsOf('a', 'b'));
      const batch = await bench.log.fetch(topic, 0, 0, { isolation: 'committed' });
      expect(textsOf(batch.records)).toEqual(['a', 'b']);
      expect(batch.lastStable).toBe(2);
    });
  });
}

async function readAll(bench: Bench, topic: string, partition = 0, maxBytes = 1_048_576): Promise<StoredRecord[]> {
  const { start, end } = await bench.log.offsets(topic, partition);
  const records: StoredRecord[] = [];
  for (let next = start; next < end;) {
    const batch = await bench.log.fetch(topic, partition, next, { maxBytes, maxWaitMs: 1_000 });
    records.push(...batch.records);
    next = batch.nextOffset;
  }
  return records;
}

const plain = (bytes: Uint8Array | null): number[] | null => (bytes === null ? null : [...bytes]);
