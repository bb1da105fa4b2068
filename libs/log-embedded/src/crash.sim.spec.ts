import { describe, expect, it } from '@jest/globals';
import { Load, ManualClock, openOn } from './crash.fixture.ts';
import { MemoryDisk, randomOf } from './memory-disk.fixture.ts';

/** Every seed is a history of several lives of one log, each ended by a crash at some operation of the disk. */
const seeds = Array.from({ length: 30 }, (_, i) => 1 + i);

describe('a log whose process dies at any moment', () => {
  it.each(seeds)('keeps all that was acknowledged and invents nothing (seed %i)', async (seed) => {
    const trouble = await live(randomOf(seed), 0);
    expect(trouble).toEqual([]);
  });
});

describe('a log whose process dies at any moment on a disk that refuses now and then', () => {
  it.each(seeds)('keeps what was acknowledged and nothing of what was refused (seed %i)', async (seed) => {
    const trouble = await live(randomOf(seed), 0.03);
    expect(trouble.filter((message) => message.startsWith('fatal'))).toEqual([]);
  });
});

/** Five lives; gives what the log complained about. */
async function live(random: () => number, refusals: number): Promise<readonly string[]> {
  const trouble: string[] = [];
  const load = new Load(random);
  let disk = new MemoryDisk();
  for (let life = 0; life < 5; life++) {
    const dying = disk;
    const clock = new ManualClock();
    dying.random = random;
    const log = await openOn(dying, clock, trouble);
    if (life > 0) await load.check(log);
    await load.begin(log);
    dying.fail = (operation) => {
      const refusable =
        operation === 'write' || operation === 'open' || operation === 'rename' || operation === 'remove';
      return refusable && random() < refusals ? new Error('no space left on device') : undefined;
    };
    dying.dieAfter(Math.floor(random() * 400));
    await load.run(() => dying.isDead, clock);
    disk = dying.afterCrash(random);
  }
  await load.check(await openOn(disk, undefined, trouble));
  return trouble;
}
