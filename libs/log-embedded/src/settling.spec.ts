import { describe, expect, it } from '@jest/globals';
import type { Log, StoredRecord, TopicConfig } from '@partitura/log';
import { ManualClock, openOn, readAll, smallFiles } from './crash.fixture.ts';
import { MemoryDisk } from './memory-disk.fixture.ts';
import { configOf } from './topic-config.fixture.ts';

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
};
const settledFiles = (disk: MemoryDisk, topic: string): string[] => disk.files(new RegExp(`/topics/\\d+\\.${topic}/`));
const commitFile = (disk: MemoryDisk): number =>
  Number(
    disk
      .files(/\/commit\//)
      .at(-1)
      ?.slice(-16, -4),
  );

class Bench {
  readonly disk = new MemoryDisk();
  readonly clock = new ManualClock();
  readonly trouble: string[] = [];
  log!: Log;

  static async with(config: Partial<TopicConfig> = {}, files = smallFiles): Promise<Bench> {
    const bench = new Bench();
    bench.log = await openOn(bench.disk, bench.clock, bench.trouble, files);
    await bench.log.createTopics([
      { topic: 't', partitions: 1, config: configOf(config) },
      { topic: 'filler', partitions: 1, config: configOf() },
    ]);
    return bench;
  }

  async append(value: string | null, key: string | null = null): Promise<number> {
    const bytes = (text: string | null): Buffer | null => (text === null ? null : Buffer.from(text));
    return (await this.log.append('t', 0, [{ key: bytes(key), value: bytes(value) }])).baseOffset;
  }

  /** All in one group, so that they are settled together. */
  async appendAll(count: number, make: (i: number) => [value: string, key: string | null]): Promise<void> {
    await Promise.all(Array.from({ length: count }, (_, i) => this.append(...make(i))));
  }

  /** Fills files of the commit log until everything appended so far is settled. */
  async settle(): Promise<void> {
    const now = commitFile(this.disk);
    while (commitFile(this.disk) === now) await this.log.append('filler', 0, [{ key: null, value: Buffer.alloc(500) }]);
    await until(() => this.disk.files(/\/commit\//).length === 1);
  }

  async reopened(): Promise<Log> {
    return openOn(this.disk.copy(), this.clock, this.trouble);
  }
}

const textOf = ({ key, value }: StoredRecord): string =>
  `${key === null ? '' : `${String(key)}=`}${value === null ? 'null' : String(value).slice(0, 20)}`;
const read = async (log: Log): Promise<[number, string][]> =>
  (await readAll(log, 't', 0)).map((record) => [record.offset, textOf(record)]);

describe('a log that is opened again', () => {
  it('has its topics, records, starts and committed positions, settled or not', async () => {
    const bench = await Bench.with({ cleanup: 'delete', timestamps: 'create', maxMessageBytes: 9_999 });
    for (let i = 0; i < 40; i++) await bench.append(`${i} ${'x'.repeat(100)}`);
    await bench.log.commit('g', [{ topic: 't', partition: 0, offset: 7, metadata: 'seven' }]);
    await bench.settle();
    await bench.log.trim('t', 0, 5);
    await bench.log.commit('h', [{ topic: 't', partition: 0, offset: 9 }]);
    await bench.append('last');

    for (const log of [bench.log, await bench.reopened()]) {
      expect(await log.offsets('t', 0)).toEqual({ start: 5, end: 41 });
      expect((await read(log)).map(([offset]) => offset)).toEqual(Array.from({ length: 36 }, (_, i) => 5 + i));
      expect((await read(log)).at(-1)).toEqual([40, 'last']);
      expect(await log.committed('g', [{ topic: 't', partition: 0 }])).toEqual([
        { topic: 't', partition: 0, offset: 7, metadata: 'seven' },
      ]);
      expect(await log.committed('h', [{ topic: 't', partition: 0 }])).toMatchObject([{ offset: 9 }]);
      expect(await log.describeTopics(['t'])).toEqual(
        new Map([['t', { partitions: 1, config: configOf({ timestamps: 'create', maxMessageBytes: 9_999 }) }]]),
      );
    }
    const again = await bench.reopened();
    expect((await again.append('t', 0, [{ key: null, value: null }])).baseOffset).toBe(41);
    await again.createTopics([{ topic: 'new', partitions: 2, config: configOf() }]);
    expect((await again.append('new', 1, [{ key: null, value: null }])).baseOffset).toBe(0);
  });

  it('begins a read anywhere in settled files, also between the places that its index knows', async () => {
    const bench = await Bench.with({}, { segmentBytes: 1_000_000, commitFileBytes: 200_000 });
    await bench.appendAll(300, (i) => [`${i} ${'x'.repeat(700)}`, null]);
    await bench.settle();
    expect(settledFiles(bench.disk, 't')).toHaveLength(1);
    for (let from = 0; from < 300; from += 7) {
      const batch = await bench.log.fetch('t', 0, from, { maxBytes: 2_000 });
      expect(batch.records.map(({ offset }) => offset).slice(0, 2)).toEqual([from, from + 1].slice(0, 300 - from));
    }
  });

  it('hands a follower the settled records and the recent ones without a gap', async () => {
    const bench = await Bench.with();
    for (let i = 0; i < 30; i++) await bench.append(`${i} ${'x'.repeat(150)}`);
    await bench.settle();
    for (let i = 30; i < 35; i++) await bench.append(String(i));
    const offsets: number[] = [];
    bench.log.follow({
      topic: 't',
      partition: 0,
      from: 3,
      onBatch: ({ records }) => void offsets.push(...records.map(({ offset }) => offset)),
      onEnd: (why) => expect(why).toBeUndefined(),
    });
    await until(() => offsets.length >= 32);
    await bench.append('35');
    await until(() => offsets.length >= 33);
    expect(offsets).toEqual(Array.from({ length: 33 }, (_, i) => 3 + i));
  });
});

describe('trimming', () => {
  it('removes settled files that hold nothing any more', async () => {
    const bench = await Bench.with();
    for (let i = 0; i < 60; i++) await bench.append(`${i} ${'x'.repeat(150)}`);
    await bench.settle();
    const before = settledFiles(bench.disk, 't').length;
    expect(before).toBeGreaterThan(3);
    await bench.log.trim('t', 0, 59);
    await bench.settle();
    expect(settledFiles(bench.disk, 't')).toHaveLength(1);
    expect((await read(await bench.reopened())).map(([offset]) => offset)).toEqual([59]);
  });

  it('keeps records that nobody needs any more from being settled at all', async () => {
    const bench = await Bench.with();
    for (let i = 0; i < 8; i++) await bench.append(`${i} ${'x'.repeat(150)}`);
    await bench.log.trim('t', 0, 8);
    await bench.settle();
    expect(settledFiles(bench.disk, 't')).toEqual([]);
    expect(await (await bench.reopened()).offsets('t', 0)).toEqual({ start: 8, end: 8 });
  });
});

describe('a topic with a retention time', () => {
  it('loses the files whose records are all older, and only those', async () => {
    const bench = await Bench.with({ retentionMs: 10_000 });
    for (let i = 0; i < 10; i++) await bench.append(`old ${i} ${'x'.repeat(150)}`);
    await bench.settle();
    bench.clock.pass(10_001);
    await bench.append('young');
    await bench.settle();
    expect(await read(bench.log)).toEqual([[10, 'young']]);
    expect(await read(await bench.reopened())).toEqual([[10, 'young']]);
    expect(settledFiles(bench.disk, 't')).toHaveLength(1);
    bench.clock.pass(10_000);
    await bench.settle();
    expect(await bench.log.offsets('t', 0)).toEqual({ start: 11, end: 11 });
  });

  it('of ever loses nothing', async () => {
    const bench = await Bench.with({ retentionMs: -1 });
    await bench.append('old');
    await bench.settle();
    bench.clock.pass(1e12);
    await bench.settle();
    expect(await read(bench.log)).toEqual([[0, 'old']]);
  });
});

describe('a compacted topic', () => {
  const large = (value: string): string => value.padEnd(40_000, ' ');

  it('keeps the latest record of each key at its offset, and reads go on over the holes', async () => {
    const bench = await Bench.with({ cleanup: 'compact' });
    await bench.appendAll(30, (i) => [large(`v${i}`), `k${i % 3}`]);
    await bench.settle();
    await bench.append('only', 'single');
    await bench.append('again', 'k1');
    await bench.settle();

    const kept = [
      [27, 'k0=v27'],
      [28, 'k1=v28'],
      [29, 'k2=v29'],
      [30, 'single=only'],
      [31, 'k1=again'],
    ];
    for (const log of [bench.log, await bench.reopened()]) {
      expect((await read(log)).map(([offset, text]) => [offset, text.trimEnd()])).toEqual(kept);
      expect(await log.offsets('t', 0)).toEqual({ start: 0, end: 32 });
      expect((await log.fetch('t', 0, 5, { maxBytes: 10 })).records.map(({ offset }) => offset)).toEqual([27]);
      const seen: number[] = [];
      log.follow({
        topic: 't',
        partition: 0,
        from: 0,
        onBatch: ({ records }) => void seen.push(...records.map(({ offset }) => offset)),
        onEnd: (why) => expect(why).toBeUndefined(),
      });
      await until(() => seen.length === 5);
    }
    // The file before compaction is gone; what came later has its own.
    expect(settledFiles(bench.disk, 't').map((path) => path.replace(/.*-/, ''))).toEqual(['2c.log', '3.log']);
    expect(bench.trouble).toEqual([]);
  });

  it('goes on growing and is compacted again', async () => {
    const bench = await Bench.with({ cleanup: 'compact' });
    for (let round = 0; round < 10; round++) {
      await bench.appendAll(10, (i) => [large(`v${round}${i}`), `k${i % 2}`]);
      await bench.settle();
    }
    const bytes = settledFiles(bench.disk, 't').reduce((sum, path) => sum + bench.disk.bytes(path).length, 0);
    expect(bytes).toBeLessThan(40 * 40_000);
    const all = await read(await bench.reopened());
    expect(all.slice(-2).map(([offset, text]) => [offset, text.trimEnd()])).toEqual([
      [98, 'k0=v98'],
      [99, 'k1=v99'],
    ]);
  });

  it('forgets a key whose last word is null, but not before a day has passed', async () => {
    const bench = await Bench.with({ cleanup: 'compact' });
    await bench.append(null, 'gone');
    await bench.appendAll(30, (i) => [large(`v${i}`), 'k']);
    await bench.settle();
    expect((await read(bench.log)).map(([offset]) => offset)).toEqual([0, 30]);
    bench.clock.pass(24 * 60 * 60 * 1000);
    await bench.appendAll(30, (i) => [large(`w${i}`), 'k']);
    await bench.settle();
    expect((await read(bench.log)).map(([offset]) => offset)).toEqual([60]);
  });

  it('that cannot be read does not hold up the settling of others', async () => {
    const bench = await Bench.with({ cleanup: 'compact' });
    await bench.appendAll(20, (i) => [large(`v${i}`), 'k']);
    await bench.settle();
    await bench.log.close();
    const [first = ''] = settledFiles(bench.disk, 't');
    const damaged = Buffer.from(bench.disk.bytes(first));
    damaged[100] = (damaged[100] ?? 0) ^ 1;
    const disk = bench.disk.copy({ [first]: damaged });
    const log = await openOn(disk, bench.clock, bench.trouble);
    const record = { key: Buffer.from('k'), value: Buffer.alloc(40_000) };
    await Promise.all(Array.from({ length: 20 }, () => log.append('t', 0, [record])));
    await log.append('t', 0, [record]);
    await until(() => bench.trouble.length > 0);
    expect(bench.trouble[0]).toMatch(/topics\/1\.t\/0 stays as it is/);
    expect((await log.fetch('t', 0, 40)).records).toHaveLength(1);
    await expect(log.fetch('t', 0, 0)).rejects.toMatchObject({ code: 'UNREADABLE' });
  });
});
