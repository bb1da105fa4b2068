import { describe, expect, it } from '@jest/globals';
import { fault, plainTopic, record, type Bench } from './contract-world.ts';

export function describeTopics(bench: Bench): void {
  describe('topics', () => {
    it('are created with their partitions and settings, described and listed', async () => {
      const topic = bench.name('topic');
      const config = {
        cleanup: 'compact',
        retentionMs: 3_600_000,
        timestamps: 'append',
        maxMessageBytes: 200_000,
      } as const;
      await bench.log.createTopics([{ topic, partitions: 3, config }]);

      expect((await bench.log.describeTopics([topic])).get(topic)).toEqual({ partitions: 3, config });
      expect(await bench.log.listTopics()).toContain(topic);
    });

    it('are left as they are when they exist, and what is missing beside them is created', async () => {
      const [old, fresh] = [bench.name('old'), bench.name('fresh')];
      await bench.log.createTopics([{ topic: old, partitions: 2, config: plainTopic }]);
      await bench.log.createTopics([
        { topic: old, partitions: 5, config: { ...plainTopic, timestamps: 'append' } },
        { topic: fresh, partitions: 1, config: plainTopic },
      ]);

      const described = await bench.log.describeTopics([old, fresh]);
      expect(described.get(old)).toEqual({ partitions: 2, config: plainTopic });
      expect(described.get(fresh)).toEqual({ partitions: 1, config: plainTopic });
    });

    it('are visible to other processes once created', async () => {
      const other = await bench.world.another();
      const topic = await bench.topic(2);
      expect((await other.describeTopics([topic])).get(topic)?.partitions).toBe(2);
      expect(await other.offsets(topic, 1)).toEqual({ start: 0, end: 0 });
    });

    it('that do not exist are absent from a description', async () => {
      const topic = await bench.topic();
      const described = await bench.log.describeTopics([bench.name('missing'), topic]);
      expect([...described.keys()]).toEqual([topic]);
    });

    it('have their partitions counted, those that exist', async () => {
      const [one, three] = [await bench.topic(), await bench.topic(3)];
      const counts = await bench.log.countPartitions([one, bench.name('missing'), three]);
      expect([...counts].sort()).toEqual([[one, 1] as const, [three, 3] as const].sort());
      expect(await bench.log.countPartitions([])).toEqual(new Map());
    });

    it('that do not exist are named by UNKNOWN_TOPIC wherever one is needed', async () => {
      const missing = bench.name('missing');
      const unknown = fault('UNKNOWN_TOPIC');
      await expect(bench.log.append(missing, 0, [record('a')])).rejects.toMatchObject(unknown);
      await expect(bench.log.send([{ topic: missing, partition: 0, ...record('a') }])).rejects.toMatchObject(unknown);
      await expect(bench.log.fetch(missing, 0, 0)).rejects.toMatchObject(unknown);
      await expect(bench.log.offsets(missing, 0)).rejects.toMatchObject(unknown);
      await expect(bench.log.trim(missing, 0, 0)).rejects.toMatchObject(unknown);
      expect(await bench.log.listTopics()).not.toContain(missing);
    });

    it('do not have partitions beyond their count', async () => {
      const topic = await bench.topic(2);
      const unknown = fault('UNKNOWN_TOPIC');
      await expect(bench.log.append(topic, 2, [record('a')])).rejects.toMatchObject(unknown);
      await expect(bench.log.fetch(topic, 2, 0)).rejects.toMatchObject(unknown);
      await expect(bench.log.offsets(topic, 2)).rejects.toMatchObject(unknown);
    });
  });
}
