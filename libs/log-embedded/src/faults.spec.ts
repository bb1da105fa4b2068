import { describe, expect, it } from '@jest/globals';
import type { Log } from '@partitura/log';
import { ManualClock, openOn, readAll, smallFiles } from './crash.fixture.ts';
import { MemoryDisk, type Operation } from './memory-disk.fixture.ts';
import { configOf } from './topic-config.fixture.ts';

const noSpace = new Error('no space left on device');

const append = (log: Log, value: string, partition = 0): Promise<{ baseOffset: number }> =>
  log.append('t', partition, [{ key: null, value: Buffer.from(value) }]);
const textsOf = async (log: Log, partition = 0): Promise<string[]> =>
  (await readAll(log, 't', partition)).map(({ value }) => String(value));

interface Opened {
  readonly disk: MemoryDisk;
  readonly clock: ManualClock;
  readonly log: Log;
  readonly trouble: string[];
}

async function opened(): Promise<Opened> {
  const disk = new MemoryDisk();
  const clock = new ManualClock();
  const trouble: string[] = [];
  const log = await openOn(disk, clock, trouble);
  await log.createTopics([{ topic: 't', partitions: 2, config: configOf() }]);
  return { disk, clock, log, trouble };
}

/** Fails the next operations of a kind on matching paths, so many times. */
function failing(disk: MemoryDisk, kinds: readonly Operation[], path: RegExp, times = 1): void {
  let left = times;
  disk.fail = (operation, on) => (kinds.includes(operation) && path.test(on) && left-- > 0 ? noSpace : undefined);
}

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await turns(1);
};

describe('a write that fails', () => {
  it('refuses all that waited for it, leaves nothing, and the next gets the same offsets', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { disk, log, trouble } = await opened();
      await append(log, 'before');
      const part = seed / 20;
      disk.random = () => part;
      failing(disk, ['write'], /commit/);
      const refused = await Promise.allSettled([append(log, 'a'), append(log, 'b'), append(log, 'c', 1)]);
      for (const outcome of refused) {
        expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'UNAVAILABLE', retryable: true } });
      }
      expect(await textsOf(log)).toEqual(['before']);
      expect((await append(log, 'after')).baseOffset).toBe(1);
      expect((await append(log, 'other', 1)).baseOffset).toBe(0);
      expect(trouble).toEqual([]);

      const again = await openOn(disk.copy());
      expect(await textsOf(again)).toEqual(['before', 'after']);
      expect(await textsOf(again, 1)).toEqual(['other']);
    }
  });

  it('is forgotten also if the process dies right after it', async () => {
    const { disk, log } = await opened();
    await append(log, 'before');
    disk.random = () => 0.9999;
    failing(disk, ['write'], /commit/);
    await expect(append(log, 'refused')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await textsOf(await openOn(disk.afterCrash(() => 0)))).toEqual(['before']);
  });

  it('ends the process if it cannot be cut back', async () => {
    const { disk, log, trouble } = await opened();
    failing(disk, ['write', 'truncate'], /commit/, 2);
    await expect(append(log, 'a')).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(trouble).toEqual([expect.stringMatching(/^fatal: cannot cut .* back/)]);
    await expect(append(log, 'b')).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: false });
  });
});

describe('an fsync that fails', () => {
  it('ends the process: nobody is told a success, no reader sees the records, nothing is accepted any more', async () => {
    const { disk, log, trouble } = await opened();
    await append(log, 'before');
    const seen: number[] = [];
    log.follow({ topic: 't', partition: 0, from: 1, onBatch: () => void seen.push(1), onEnd: () => undefined });
    failing(disk, ['sync'], /commit/);
    await expect(append(log, 'a')).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(trouble).toEqual([expect.stringMatching(/^fatal: fsync of .*000000000001.log failed/)]);

    await expect(append(log, 'b')).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: false });
    await expect(log.commit('g', [{ topic: 't', partition: 0, offset: 1 }])).rejects.toMatchObject({
      retryable: false,
    });
    expect(await log.offsets('t', 0)).toEqual({ start: 0, end: 1 });
    expect(await textsOf(log)).toEqual(['before']);
    expect(seen).toEqual([]);
    await log.close();
  });

  it.each([
    ['a settled file', /topics/, ['sync']],
    ['a directory of settled files', /topics/, ['syncDirectory']],
    ['the manifest', /manifest/, ['sync']],
    ['the directory of the manifest', /disk-\d+$/, ['syncDirectory']],
    ['the directory of the commit log', /commit$/, ['syncDirectory']],
  ] as const)('of %s ends the process too', async (_, path, kinds) => {
    const { disk, log, trouble } = await opened();
    failing(disk, kinds, path);
    await until(() => {
      if (trouble.length === 0) append(log, 'x'.repeat(300)).catch(() => undefined);
      return trouble.length > 0;
    });
    expect(trouble[0]).toMatch(/^fatal: fsync of/);
    await expect(append(log, 'b')).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: false });
    await log.close();
  });
});

describe('a disk without room for settling', () => {
  it('loses nothing and tries again', async () => {
    const { disk, clock, log, trouble } = await opened();
    failing(disk, ['write', 'open'], /topics|manifest/, 5);
    const values = Array.from({ length: 20 }, (_, i) => `${i} ${'x'.repeat(200)}`);
    for (const value of values) await append(log, value);
    await until(() => trouble.length > 0);
    expect(trouble[0]).toMatch(/000000000001.log cannot be settled now/);
    expect(await textsOf(log)).toEqual(values);

    await until(() => {
      clock.pass(1_000);
      return disk.files(/manifest\.json$/).length > 0;
    });
    expect(trouble.every((message) => message.includes('cannot be settled now'))).toBe(true);
    expect(await textsOf(log)).toEqual(values);
    expect(await textsOf(await openOn(disk.copy()))).toEqual(values);
  });

  it('lets appends wait once too much is not settled, and go on afterwards', async () => {
    const { disk, clock, log, trouble } = await opened();
    let full = true;
    disk.fail = (operation, path) => (full && operation === 'open' && path.includes('topics') ? noSpace : undefined);
    let acked = 0;
    const all = Array.from({ length: 60 }, async (_, i) => {
      await turns(4 * i);
      await append(log, 'x'.repeat(300));
      acked++;
    });
    await until(() => trouble.length > 0);
    await turns(400);
    const bytes = disk.files(/commit/).reduce((sum, path) => sum + disk.bytes(path).length, 0);
    expect(bytes).toBeLessThan(6 * smallFiles.commitFileBytes);
    expect(acked).toBeLessThan(60);

    full = false;
    clock.pass(1_000);
    await Promise.all(all);
    expect(await textsOf(log)).toHaveLength(60);
  });

  it('goes on in the old file of the commit log while there is no room for a new one', async () => {
    const { disk, log, trouble } = await opened();
    failing(disk, ['write'], /000000000002\.log/, 3);
    const values = Array.from({ length: 30 }, (_, i) => `${i} ${'x'.repeat(200)}`);
    for (const value of values) await append(log, value);
    expect(trouble).toEqual([]);
    expect(await textsOf(await openOn(disk.copy()))).toEqual(values);
  });
});

describe('a new file of the commit log that was made but for an error', () => {
  it('does not make the file before it count as finished', async () => {
    const { disk, log } = await opened();
    // All of its head reaches the disk although the write is said to have failed.
    disk.random = () => 0.9999;
    failing(disk, ['write'], /000000000002\.log/, 100);
    const values = Array.from({ length: 12 }, (_, i) => `${i} ${'x'.repeat(200)}`);
    for (const value of values) await append(log, value);
    expect(disk.files(/commit/).map((path) => path.slice(-5))).toEqual(['1.log']);
    const [path = ''] = disk.files(/commit/);
    const torn = disk.copy({ [path]: disk.bytes(path).subarray(0, -1) });
    expect(await textsOf(await openOn(torn))).toEqual(values.slice(0, -1));
  });
});

describe('a disk that cannot be read now', () => {
  it('fails a fetch for the moment, and makes a follower wait', async () => {
    const { disk, clock, log } = await opened();
    const values = Array.from({ length: 20 }, (_, i) => `${i} ${'x'.repeat(200)}`);
    for (const value of values) await append(log, value);
    await until(() => disk.files(/manifest\.json$/).length > 0);
    failing(disk, ['read'], /topics/, 2);
    await expect(log.fetch('t', 0, 0)).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    const seen: string[] = [];
    const ends: unknown[] = [];
    log.follow({
      topic: 't',
      partition: 0,
      from: 0,
      onBatch: ({ records }) => void seen.push(...records.map(({ value }) => String(value))),
      onEnd: (why) => ends.push(why),
    });
    await turns(20);
    expect(seen).toEqual([]);
    await until(() => {
      clock.pass(200);
      return seen.length === values.length;
    });
    expect(seen).toEqual(values);
    expect(ends).toEqual([]);
  });
});
