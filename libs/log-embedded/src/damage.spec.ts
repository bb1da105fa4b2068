import { describe, expect, it } from '@jest/globals';
import type { Log } from '@partitura/log';
import { openOn, readAll } from './crash.fixture.ts';
import { MemoryDisk } from './memory-disk.fixture.ts';
import { configOf } from './topic-config.fixture.ts';

const append = (log: Log, ...values: readonly string[]): Promise<{ baseOffset: number }> =>
  log.append(
    't',
    0,
    values.map((value) => ({ key: null, value: Buffer.from(value) })),
  );
const textsOf = async (log: Log, topic = 't'): Promise<string[]> =>
  (await readAll(log, topic, 0)).map(({ value }) => String(value));

/** A log with one topic, and the length of its commit file after each append. */
async function logWith(
  ...appends: readonly (readonly string[])[]
): Promise<{ disk: MemoryDisk; path: string; ends: number[] }> {
  const disk = new MemoryDisk();
  const log = await openOn(disk);
  await log.createTopics([{ topic: 't', partitions: 1, config: configOf() }]);
  const [path = ''] = disk.files(/\/commit\//);
  const ends = [disk.bytes(path).length];
  for (const values of appends) {
    await append(log, ...values);
    ends.push(disk.bytes(path).length);
  }
  return { disk, path, ends };
}

describe('a write that was torn by a crash', () => {
  it('is cut off wherever it ends, and what came before it stays', async () => {
    const { disk, path, ends } = await logWith(['a', 'b'], ['c'], ['d', 'e', 'f']);
    const [, , before = 0, after = 0] = ends;
    expect(after - before).toBeGreaterThan(50);
    for (let cut = before; cut <= after; cut++) {
      const log = await openOn(disk.copy({ [path]: disk.bytes(path).subarray(0, cut) }));
      const kept = cut === after ? ['a', 'b', 'c', 'd', 'e', 'f'] : ['a', 'b', 'c'];
      expect([cut, await textsOf(log)]).toEqual([cut, kept]);
      expect((await append(log, 'z')).baseOffset).toBe(kept.length);
      expect(await textsOf(log)).toEqual([...kept, 'z']);
    }
  });

  it('is cut off where its bytes are zeros although its length is there', async () => {
    const { disk, path, ends } = await logWith(['a'], ['b'.repeat(600)]);
    const bytes = Buffer.from(disk.bytes(path));
    bytes.fill(0, (ends[1] ?? 0) + 40);
    expect(await textsOf(await openOn(disk.copy({ [path]: bytes })))).toEqual(['a']);
  });

  it('is not taken for damage because somebody stored a copy of the log in a record', async () => {
    const { disk: source, path: from, ends } = await logWith(['a'], ['b']);
    const group = source.bytes(from).subarray(ends[0], ends[1]);
    const { disk, path, ends: stood } = await logWith(['x']);
    const log = await openOn(disk.copy());
    await log.close();
    const torn = Buffer.concat([disk.bytes(path).subarray(0, stood[1]), Buffer.alloc(20), group, Buffer.alloc(7)]);
    expect(await textsOf(await openOn(disk.copy({ [path]: torn })))).toEqual(['x']);
  });

  it('is cut off in the very group that a record holds a copy of, moved to another place', async () => {
    const { disk, path, ends } = await logWith(['a'], ['b']);
    const bytes = disk.bytes(path);
    const moved = Buffer.concat([bytes, Buffer.alloc(9), bytes.subarray(ends[0], ends[1])]);
    expect(await textsOf(await openOn(disk.copy({ [path]: moved })))).toEqual(['a', 'b']);
  });
});

describe('damage to what was acknowledged', () => {
  it('is refused wherever a bit of the commit log flips before the last write', async () => {
    const { disk, path, ends } = await logWith(['a', 'b'], ['c'], ['d']);
    for (let at = 0; at < (ends[2] ?? 0); at++) {
      const bytes = Buffer.from(disk.bytes(path));
      bytes[at] = (bytes[at] ?? 0) ^ 0x10;
      await expect(openOn(disk.copy({ [path]: bytes }))).rejects.toMatchObject({
        code: 'UNREADABLE',
        retryable: false,
      });
    }
  });

  it('is refused with the place and the reason', async () => {
    const { disk, path, ends } = await logWith(['a'], ['b'], ['c']);
    const bytes = Buffer.from(disk.bytes(path));
    bytes[(ends[0] ?? 0) + 30] = 77;
    const message = new RegExp(
      `000000000001.log is damaged at byte ${ends[0]}: an intact group follows at byte ${ends[1]}`,
    );
    await expect(openOn(disk.copy({ [path]: bytes }))).rejects.toThrow(message);
  });

  it('is refused when a file of the commit log or the manifest is missing or cut', async () => {
    const disk = await settledLog();
    const [manifest = ''] = disk.files(/manifest\.json$/);
    const commits = disk.files(/\/commit\//);
    const unreadable = { code: 'UNREADABLE' };
    const flipped = Buffer.from(disk.bytes(manifest));
    flipped[40] = (flipped[40] ?? 0) ^ 1;
    await expect(openOn(disk.copy({ [manifest]: flipped }))).rejects.toMatchObject(unreadable);
    await expect(openOn(disk.copy({ [manifest]: Buffer.alloc(0) }))).rejects.toMatchObject(unreadable);
    await expect(openOn(disk.copy({ [manifest]: undefined }))).rejects.toMatchObject(unreadable);
    const gone = Object.fromEntries(commits.map((path) => [path, undefined]));
    await expect(openOn(disk.copy(gone))).rejects.toMatchObject(unreadable);
    const [segment = ''] = disk.files(/\/topics\//);
    const cut = disk.bytes(segment).subarray(0, -1);
    await expect(openOn(disk.copy({ [segment]: cut }))).rejects.toMatchObject(unreadable);
  });

  it('in a settled file is met by those who read there, and by nobody else', async () => {
    const disk = await settledLog();
    const [segment = ''] = disk.files(/\/topics\/1\.t\/0\//);
    for (const at of [5, 20, 60]) {
      const bytes = Buffer.from(disk.bytes(segment));
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      const log = await openOn(disk.copy({ [segment]: bytes }));
      await expect(log.fetch('t', 0, 0)).rejects.toMatchObject({ code: 'UNREADABLE', retryable: false });
      const why = await new Promise((onEnd) => {
        log.follow({ topic: 't', partition: 0, from: 0, onBatch: () => undefined, onEnd });
      });
      expect(why).toMatchObject({ code: 'UNREADABLE' });
      expect(await textsOf(log, 'u')).toEqual(['other']);
      expect((await append(log, 'more')).baseOffset).toBe((await log.offsets('t', 0)).end - 1);
    }
  });
});

/** A closed log of which something is settled and something is not. */
async function settledLog(): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  const log = await openOn(disk);
  await log.createTopics(['t', 'u'].map((topic) => ({ topic, partitions: 1, config: configOf() })));
  await log.append('u', 0, [{ key: null, value: Buffer.from('other') }]);
  while (disk.files(/manifest\.json$/).length === 0) await append(log, 'x'.repeat(300));
  await append(log, 'last');
  await log.close();
  return disk;
}
