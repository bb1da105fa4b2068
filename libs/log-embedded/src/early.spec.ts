import { describe, expect, it } from '@jest/globals';
import type { Log } from '@partitura/log';
import { ManualClock, openOn, readAll } from './crash.fixture.ts';
import { MemoryDisk } from './memory-disk.fixture.ts';
import { configOf } from './topic-config.fixture.ts';

const record = (value: string) => ({ key: null, value: Buffer.from(value) });
const append = (log: Log, value: string): Promise<{ baseOffset: number }> => log.append('t', 0, [record(value)]);

interface Opened {
  readonly disk: MemoryDisk;
  readonly clock: ManualClock;
  readonly log: Log;
}
async function opened(): Promise<Opened> {
  const disk = new MemoryDisk();
  const clock = new ManualClock();
  const log = await openOn(disk, clock);
  await log.createTopics([{ topic: 't', partitions: 1, config: configOf() }]);
  return { disk, clock, log };
}

/** What a follower has seen so far, in order. */
function followed(log: Log, early: boolean, from = 0): string[] {
  const seen: string[] = [];
  log.follow({
    topic: 't',
    partition: 0,
    from,
    early,
    onBatch: ({ records }) => void seen.push(...records.map(({ offset, value }) => `${offset} ${String(value)}`)),
    onEnd: (why) => seen.push(String(why)),
  });
  return seen;
}

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};

describe('an early reader', () => {
  it('sees a record before it is durable; others see it afterwards; each sees it once', async () => {
    const { disk, log } = await opened();
    const [early, late] = [followed(log, true), followed(log, false)];
    await turns(1);
    let writes = 0;
    disk.fail = (operation) => {
      if (operation === 'write') writes += 1;
      return undefined;
    };
    const first = append(log, 'a');
    const second = append(log, 'b');
    await Promise.resolve().then(() => undefined);
    expect([early, late, writes]).toEqual([['0 a', '1 b'], [], 0]);
    await Promise.all([first, second]);
    await turns(2);
    expect([early, late]).toEqual([
      ['0 a', '1 b'],
      ['0 a', '1 b'],
    ]);
    const later = followed(log, true);
    await append(log, 'c');
    await turns(2);
    expect([early.at(-1), later]).toEqual(['2 c', ['0 a', '1 b', '2 c']]);
  });

  it('is not contradicted by a write that fails: what it has seen is written again until it is there', async () => {
    const { disk, clock, log } = await opened();
    const early = followed(log, true);
    await turns(1);
    let failures = 3;
    disk.fail = (operation, path) =>
      operation === 'write' && path.includes('commit') && failures-- > 0 ? new Error('no space') : undefined;
    const acked: string[] = [];
    const a = append(log, 'a').then(({ baseOffset }) => acked.push(`a ${baseOffset}`));
    await turns(10);
    expect([early, acked]).toEqual([['0 a'], []]);
    await expect(append(log, 'b')).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    for (let retry = 0; retry < 3; retry++) {
      clock.pass(100);
      await turns(10);
    }
    await a;
    expect(acked).toEqual(['a 0']);
    expect((await append(log, 'c')).baseOffset).toBe(1);
    expect(early).toEqual(['0 a', '1 c']);
    const again = await openOn(disk.copy());
    expect((await readAll(again, 't', 0)).map(({ value }) => String(value))).toEqual(['a', 'c']);
  });

  it('does not keep a log from closing that cannot be written', async () => {
    const { disk, clock, log } = await opened();
    followed(log, true);
    await turns(1);
    disk.fail = (operation, path) => (operation === 'write' && path.includes('commit') ? new Error('full') : undefined);
    const a = append(log, 'a');
    a.catch(() => undefined);
    await turns(10);
    const closed = log.close();
    clock.pass(100);
    await closed;
    await expect(a).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('that comes later finds all that is on its way, or waits', async () => {
    const { log } = await opened();
    const before = append(log, 'before');
    const early = followed(log, true);
    await Promise.resolve();
    const after = append(log, 'after');
    await Promise.all([before, after]);
    await turns(2);
    expect(early).toEqual(['0 before', '1 after']);
  });

  it('is refused a position that nothing leads to', async () => {
    const { log } = await opened();
    const early = followed(log, true, 5);
    await turns(2);
    expect(early).toEqual([expect.stringContaining('holds offsets 0 to 0, not 5')]);
  });
});

describe('what is sent', () => {
  it('waits a moment for company, and goes at once with what is appended', async () => {
    const { clock, log } = await opened();
    followed(log, true);
    await turns(1);
    const acked: string[] = [];
    const send = (value: string) =>
      log.send([{ topic: 't', partition: 0, ...record(value) }]).then(() => acked.push(value));
    const a = send('a');
    await turns(20);
    expect(acked).toEqual([]);
    clock.pass(2);
    await a;
    const b = send('b');
    await append(log, 'c');
    await b;
    expect(acked).toEqual(['a', 'b']);
  });
});
