import { describe, expect, it } from '@jest/globals';
import { Fault } from '@partitura/model';
import { Gate, numbers, record, recordsOf, textsOf, type Bench } from './contract-world.ts';
import type { Log, TopicPartition, WorkBatch, Working, WorkRequest } from './port.ts';

export function describeWork(bench: Bench): void {
  describeQueue(bench);
  describeMembers(bench);
}

function describeQueue(bench: Bench): void {
  describe('work on queues', () => {
    it('begins at the earliest record and handles every one, in order per partition', async () => {
      const [one, two] = [await bench.topic(3), await bench.topic(1)];
      await fill(bench, one, 3, numbers(0, 5));
      const worker = await join(bench, bench.name('group'), [one, two]);
      await fill(bench, one, 3, numbers(5, 10));
      await fill(bench, two, 1, numbers(0, 10));
      await bench.until('all records', () => worker.seen.length === 40);

      for (const partition of numbers(0, 3)) {
        expect(worker.seen.filter((text) => text.startsWith(`${one}/${partition}:`))).toEqual(
          numbers(0, 10).map((n) => `${one}/${partition}:${n}`),
        );
      }
      expect(worker.ends).toEqual([]);
    });

    it('goes on behind what was committed', async () => {
      const topic = await bench.topic();
      const group = bench.name('group');
      await fill(bench, topic, 1, numbers(0, 6));
      const first = await join(bench, group, [topic]);
      await bench.until('all records', () => first.seen.length === 6);
      await first.working.commit([{ topic, partition: 0, offset: 4, metadata: 'four' }]);
      expect(await bench.log.committed(group, [{ topic, partition: 0 }])).toEqual([
        { topic, partition: 0, offset: 4, metadata: 'four' },
      ]);
      await first.working.close();

      const second = await join(bench, group, [topic], await bench.world.another());
      await bench.until('the rest', () => second.seen.length >= 2);
      expect(second.seen).toEqual([`${topic}/0:4`, `${topic}/0:5`]);
    });

    it('sees again what was not committed', async () => {
      const topic = await bench.topic();
      const group = bench.name('group');
      await fill(bench, topic, 1, numbers(0, 3));
      const first = await join(bench, group, [topic]);
      await bench.until('all records', () => first.seen.length === 3);
      await first.working.close();
      const second = await join(bench, group, [topic]);
      await bench.until('all again', () => second.seen.length === 3);
    });

    it('begins at the start of a trimmed log when its position is gone', async () => {
      const topic = await bench.topic();
      const group = bench.name('group');
      await fill(bench, topic, 1, numbers(0, 6));
      await bench.log.commit(group, [{ topic, partition: 0, offset: 1 }]);
      await bench.log.trim(topic, 0, 4);
      const worker = await join(bench, group, [topic]);
      await bench.until('what is left', () => worker.seen.length >= 2);
      expect(worker.seen).toEqual([`${topic}/0:4`, `${topic}/0:5`]);
    });

    it('hands out nothing of a paused partition until it is resumed', async () => {
      const topic = await bench.topic(2);
      const worker = await join(bench, bench.name('group'), [topic]);
      await fill(bench, topic, 2, [0]);
      await bench.until('the first records', () => worker.seen.length === 2);

      const paused = [{ topic, partition: 0 }];
      worker.working.pause(paused);
      for (const n of numbers(1, 4)) {
        await fill(bench, topic, 2, [n]);
        await bench.until('the other partition goes on', () => worker.seen.includes(`${topic}/1:${n}`));
      }
      expect(worker.seen.filter((text) => text.startsWith(`${topic}/0:`))).toEqual([`${topic}/0:0`]);

      worker.working.resume(paused);
      await bench.until('all records', () => worker.seen.length === 8);
      expect(worker.seen.filter((text) => text.startsWith(`${topic}/0:`))).toEqual(
        numbers(0, 4).map((n) => `${topic}/0:${n}`),
      );
    });

    it('hands over the next batch of a partition only after the previous one, and does not hold up the others', async () => {
      const topic = await bench.topic(2);
      const gate = new Gate();
      const handed: string[] = [];
      await join(bench, bench.name('group'), [topic], bench.log, {
        onBatch: async (batch) => {
          handed.push(...textsOf(batch.records));
          if (batch.partition === 0 && batch.records[0]?.offset === 0) await gate.pass();
        },
      });
      await bench.log.append(topic, 0, recordsOf('slow'));
      await bench.until('the slow one', () => handed.length === 1);
      await bench.log.append(topic, 0, recordsOf('behind'));
      for (const n of numbers(0, 3)) {
        await bench.log.append(topic, 1, recordsOf(`fast ${n}`));
        await bench.until('the other partition goes on', () => handed.includes(`fast ${n}`));
      }
      expect(handed).not.toContain('behind');
      gate.open();
      await bench.until('the rest', () => handed.includes('behind'));
    });

    it('ends with what its own batch rejects with', async () => {
      const topic = await bench.topic();
      await fill(bench, topic, 1, [0]);
      const refusal = new Fault('UNAVAILABLE', 'cannot do this', { retryable: true });
      const worker = await join(bench, bench.name('group'), [topic], bench.log, {
        onBatch: () => Promise.reject(refusal),
      });
      await bench.until('the end', () => worker.ends.length > 0);
      expect(worker.ends).toEqual([refusal]);
    });
  });
}

function describeMembers(bench: Bench): void {
  describe('workers of one group', () => {
    it('share the partitions, and every record reaches one of them', async () => {
      const topic = await bench.topic(4);
      const group = bench.name('group');
      const one = await join(bench, group, [topic], bench.log, { commits: true });
      await fill(bench, topic, 4, [0]);
      await bench.until('one does all', () => one.seen.length === 4);
      const two = await join(bench, group, [topic], await bench.world.another(), { commits: true });

      // Records go on coming while the group finds its balance; none may be lost on the way.
      for (let round = 1, halves = ''; halves !== '2+2'; round++) {
        await fill(bench, topic, 4, [round]);
        const ofRound = (worker: Joined): number => worker.seen.filter((text) => text.endsWith(`:${round}`)).length;
        await bench.until('the whole round', () => new Set([...one.seen, ...two.seen]).size === 4 * (round + 1));
        halves = `${ofRound(one)}+${ofRound(two)}`;
      }
      expect(one.revoked.length).toBeGreaterThanOrEqual(2);
      expect(one.ends).toEqual([]);
    });

    it('take over what a leaving member had, behind its commits', async () => {
      const topic = await bench.topic(2);
      const group = bench.name('group');
      const one = await join(bench, group, [topic], bench.log, { commits: true });
      await fill(bench, topic, 2, numbers(0, 3));
      await bench.until('one does all', () => one.seen.length === 6 && one.committing === 0);
      const two = await join(bench, group, [topic], await bench.world.another(), { commits: true });
      await one.working.close();
      await fill(bench, topic, 2, numbers(3, 5));
      await bench.until('all records', () => new Set([...one.seen, ...two.seen]).size === 10);
      expect(two.seen.filter((text) => /:[012]$/.test(text))).toEqual([]);
    });

    it('know from isCurrent that a partition was taken away', async () => {
      const topic = await bench.topic(2);
      const group = bench.name('group');
      const held: WorkBatch[] = [];
      const gate = new Gate();
      const one = await join(bench, group, [topic], bench.log, {
        onBatch: (batch) => {
          held.push(batch);
          return gate.pass();
        },
      });
      await fill(bench, topic, 2, [0]);
      await bench.until('both partitions in hand', () => held.length === 2);
      expect(held.map((batch) => batch.isCurrent())).toEqual([true, true]);

      const two = await join(bench, group, [topic], await bench.world.another());
      await bench.until('one of them is gone', () => held.filter((batch) => batch.isCurrent()).length === 1);
      const lost = held.find((batch) => !batch.isCurrent())!;
      expect(one.revoked).toContainEqual({ topic, partition: lost.partition });
      await bench.until('the other has it', () => two.seen.includes(`${topic}/${lost.partition}:0`));

      gate.open();
      await one.working.close();
      expect(held.map((batch) => batch.isCurrent())).toEqual([false, false]);
    });
  });
}

interface Joined {
  readonly working: Working;
  /** Texts of all records handled, `<topic>/<partition>:<n>`. */
  readonly seen: string[];
  readonly revoked: TopicPartition[];
  readonly ends: unknown[];
  /** Commits under way. */
  readonly committing: number;
}

async function join(
  bench: Bench,
  group: string,
  topics: readonly string[],
  log: Log = bench.log,
  more: Partial<WorkRequest> & { readonly commits?: boolean } = {},
): Promise<Joined> {
  const { commits = false, ...request } = more;
  const seen: string[] = [];
  const revoked: TopicPartition[] = [];
  const ends: unknown[] = [];
  let committing = 0;
  let joined: ((working: Working) => void) | undefined;
  // The first batch may come before `work` has resolved.
  const working = new Promise<Working>((resolve) => (joined = resolve));

  const commit = async (batch: WorkBatch): Promise<void> => {
    committing++;
    const offset = (batch.records.at(-1)?.offset ?? 0) + 1;
    // A commit that a rebalance overtook is refused; the next member sees the records again.
    await (await working).commit([{ topic: batch.topic, partition: batch.partition, offset }]).catch(() => undefined);
    committing--;
  };
  joined?.(
    await log.work({
      group,
      topics,
      onBatch: async (batch) => {
        seen.push(...textsOf(batch.records));
        if (commits && batch.records.length > 0) await commit(batch);
      },
      onRevoked: (partitions) => revoked.push(...partitions),
      onEnd: (why) => ends.push(why),
      ...request,
    }),
  );
  return {
    working: bench.keep(await working),
    seen,
    revoked,
    ends,
    get committing() {
      return committing;
    },
  };
}

/** One record per partition and number, `<topic>/<partition>:<n>`. */
async function fill(bench: Bench, topic: string, partitions: number, ns: readonly number[]): Promise<void> {
  for (const partition of numbers(0, partitions)) {
    await bench.log.append(
      topic,
      partition,
      ns.map((n) => record(`${topic}/${partition}:${n}`)),
    );
  }
}
