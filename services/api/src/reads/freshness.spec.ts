import { describe, expect, it } from '@jest/globals';
import { partitionOf } from '@partitura/wire';
import { FreshReads } from './freshness.ts';
import { SharedLookup } from './shared-lookup.ts';

function deferred<T>(): {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (why: Error) => void;
} {
  let resolve: (value: T) => void = () => undefined;
  let reject: (why: Error) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a shared look-up', () => {
  it('is joined by everybody before it begins, and by nobody afterwards', async () => {
    const looks: ReturnType<typeof deferred<number>>[] = [];
    const lookup = new SharedLookup(() => {
      const look = deferred<number>();
      looks.push(look);
      return look.promise;
    });
    const early = [lookup.join(), lookup.join()];
    await turn();
    const late = [lookup.join(), lookup.join()];
    await turn();
    expect(looks).toHaveLength(1);
    looks[0]?.resolve(1);
    expect(await Promise.all(early)).toEqual([1, 1]);
    await turn();
    expect(looks).toHaveLength(2);
    looks[1]?.resolve(2);
    expect(await Promise.all(late)).toEqual([2, 2]);
  });

  it('goes on after a failure', async () => {
    let looks = 0;
    const lookup = new SharedLookup(() => (++looks === 1 ? Promise.reject(new Error('down')) : Promise.resolve(looks)));
    await expect(lookup.join()).rejects.toThrow('down');
    await expect(lookup.join()).resolves.toBe(2);
  });
});

describe('a read by id', () => {
  const waits: [number, number][] = [];
  const alarms: string[] = [];
  const fresh = (
    ends: (partition: number) => Promise<number>,
    reached: boolean | Promise<boolean>,
    waitingMax = 10,
  ): FreshReads =>
    new FreshReads({
      log: { offsets: async (_topic, partition) => ({ start: 0, end: await ends(partition) }) },
      positions: {
        waitFor: (partition, position) => {
          waits.push([partition, position]);
          return Promise.resolve(reached);
        },
        known: new Map([[0, 3]]),
      },
      namespace: 'n',
      partitions: 4,
      waitMs: 1000,
      waitingMax,
      onAlarm: (what) => alarms.push(what),
    });

  it('waits for the end of the partition that holds the aggregate', async () => {
    const partition = partitionOf('w-1', 4);
    expect(await fresh(() => Promise.resolve(12), true).ofAggregate('w-1')).toEqual({
      position: `${partition}:12`,
      stale: false,
    });
    expect(waits.at(-1)).toEqual([partition, 12]);
  });

  it('is stale when the read model does not get there, when the end is not known, and when too many wait', async () => {
    expect(await fresh(() => Promise.resolve(12), false).ofAggregate('w-1')).toMatchObject({ stale: true });
    expect(await fresh(() => Promise.reject(new Error('down')), true).ofAggregate('w-1')).toEqual({
      position: undefined,
      stale: true,
    });
    expect(alarms).toHaveLength(1);
    const end = deferred<number>();
    const crowded = fresh(() => end.promise, true, 1);
    const first = crowded.ofAggregate('w-1');
    expect(await crowded.ofAggregate('w-1')).toEqual({ position: undefined, stale: true });
    end.resolve(1);
    expect((await first).stale).toBe(false);
    expect((await crowded.ofAggregate('w-1')).stale).toBe(false);
  });
});
