import { describe, expect, it } from '@jest/globals';
import { fault, plainTopic, record, recordsOf, type Bench } from './contract-world.ts';

export function describeClosing(bench: Bench): void {
  describe('a closed log', () => {
    it('refuses every call with LOG_CLOSED', async () => {
      const { log } = await bench.worldApart();
      const topic = await bench.topic(1, {}, log);
      await log.close();

      const ownership = {
        group: bench.name('group'),
        topic,
        count: 1,
        instance: 'late',
        onAcquire: () => undefined,
        onRelease: () => undefined,
      };
      const work = {
        group: bench.name('group'),
        topics: [topic],
        onBatch: async () => undefined,
        onEnd: () => undefined,
      };
      const calls: Readonly<Record<string, () => Promise<unknown>>> = {
        append: () => log.append(topic, 0, recordsOf('a')),
        send: () => log.send([{ topic, partition: 0, ...record('a') }]),
        fetch: () => log.fetch(topic, 0, 0),
        offsets: () => log.offsets(topic, 0),
        own: () => log.own(ownership),
        work: () => log.work(work),
        commit: () => log.commit('group', [{ topic, partition: 0, offset: 0 }]),
        committed: () => log.committed('group', [{ topic, partition: 0 }]),
        createTopics: () => log.createTopics([{ topic: bench.name('topic'), partitions: 1, config: plainTopic }]),
        describeTopics: () => log.describeTopics([topic]),
        countPartitions: () => log.countPartitions([topic]),
        listTopics: () => log.listTopics(),
        trim: () => log.trim(topic, 0, 0),
      };
      for (const [name, call] of Object.entries(calls)) {
        const outcome = await call().then(
          () => 'resolved',
          (error: unknown) => (error as { code?: unknown }).code,
        );
        expect([name, outcome]).toEqual([name, 'LOG_CLOSED']);
      }

      const ends: unknown[] = [];
      log.follow({ topic, partition: 0, from: 0, onBatch: () => undefined, onEnd: (why) => ends.push(why) });
      await bench.until('the end of a late following', () => ends.length > 0);
      expect(ends).toEqual([expect.objectContaining(fault('LOG_CLOSED'))]);
    });

    it('may be closed again', async () => {
      const { log } = await bench.worldApart();
      await Promise.all([log.close(), log.close()]);
      await log.close();
    });

    it('lets go of a fetch that waits', async () => {
      const { log } = await bench.worldApart();
      const topic = await bench.topic(1, {}, log);
      const waiting = expect(log.fetch(topic, 0, 0, { maxWaitMs: 15_000 })).rejects.toMatchObject(fault('LOG_CLOSED'));
      await log.close();
      await waiting;
    });

    it('has released all numbers, and hands out no batch any more, without onEnd', async () => {
      const { log, settle } = await bench.worldApart();
      const topic = await bench.topic(2, {}, log);
      const heard: string[] = [];
      const inHand = new Set<number>();
      await log.own({
        group: bench.name('group'),
        topic,
        count: 2,
        instance: 'one',
        onAcquire: (number) => inHand.add(number),
        onRelease: (number) => inHand.delete(number),
      });
      await log.work({
        group: bench.name('group'),
        topics: [topic],
        onBatch: async () => void heard.push('work'),
        onEnd: () => heard.push('work ended'),
      });
      log.follow({
        topic,
        partition: 0,
        from: 0,
        onBatch: () => void heard.push('follow'),
        onEnd: () => heard.push('following ended'),
      });
      await log.append(topic, 0, recordsOf('a'));
      await bench.until(
        'everything runs',
        () => inHand.size === 2 && heard.includes('work') && heard.includes('follow'),
      );

      await log.close();
      const before = [...heard];
      expect(inHand.size).toBe(0);
      for (let turn = 0; turn < 3; turn++) await (settle?.() ?? new Promise((resolve) => setImmediate(resolve)));
      expect(heard).toEqual(before);
      expect(heard.filter((what) => what.endsWith('ended'))).toEqual([]);
    });
  });
}
