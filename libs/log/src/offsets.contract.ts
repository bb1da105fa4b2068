import { describe, expect, it } from '@jest/globals';
import { fault, recordsOf, type Bench, type LogTraits } from './contract-world.ts';

export function describeOffsets(bench: Bench, traits: LogTraits): void {
  describeTrim(bench);
  describeCommit(bench, traits);
}

function describeTrim(bench: Bench): void {
  describe('trimming', () => {
    it('moves the start of one partition and nothing else', async () => {
      const topic = await bench.topic(2);
      for (const partition of [0, 1]) await bench.log.append(topic, partition, recordsOf('a', 'b', 'c'));
      await bench.log.trim(topic, 0, 2);
      expect(await bench.log.offsets(topic, 0)).toEqual({ start: 2, end: 3 });
      expect(await bench.log.offsets(topic, 1)).toEqual({ start: 0, end: 3 });
      expect((await bench.log.fetch(topic, 0, 2)).logStart).toBe(2);
    });

    it('never moves the start back', async () => {
      const topic = await bench.topic();
      await bench.log.append(topic, 0, recordsOf('a', 'b', 'c'));
      await bench.log.trim(topic, 0, 2);
      await bench.log.trim(topic, 0, 1);
      expect(await bench.log.offsets(topic, 0)).toEqual({ start: 2, end: 3 });
    });

    it('up to the end leaves an empty log that goes on counting', async () => {
      const topic = await bench.topic();
      await bench.log.append(topic, 0, recordsOf('a', 'b'));
      await bench.log.trim(topic, 0, 2);
      expect(await bench.log.offsets(topic, 0)).toEqual({ start: 2, end: 2 });
      expect((await bench.log.append(topic, 0, recordsOf('c'))).baseOffset).toBe(2);
    });

    it('beyond the end is refused', async () => {
      const topic = await bench.topic();
      await bench.log.append(topic, 0, recordsOf('a'));
      await expect(bench.log.trim(topic, 0, 2)).rejects.toMatchObject(fault('OFFSET_OUT_OF_RANGE'));
      expect(await bench.log.offsets(topic, 0)).toEqual({ start: 0, end: 1 });
    });
  });
}

function describeCommit(bench: Bench, traits: LogTraits): void {
  describe('committed positions', () => {
    it('of a group without members come back with their metadata, absent where there are none', async () => {
      const topic = await bench.topic(3);
      const group = bench.name('group');
      await bench.log.commit(group, [
        { topic, partition: 0, offset: 7, metadata: 'seven' },
        { topic, partition: 2, offset: 0 },
      ]);

      const found = await bench.log.committed(
        group,
        [0, 1, 2].map((partition) => ({ topic, partition })),
      );
      expect(found).toHaveLength(2);
      expect(found.find((p) => p.partition === 0)).toEqual({ topic, partition: 0, offset: 7, metadata: 'seven' });
      expect(found.find((p) => p.partition === 2)).toMatchObject({ topic, partition: 2, offset: 0 });
      expect(found.find((p) => p.partition === 2)?.metadata ?? '').toBe('');
    });

    it('are replaced by the last commit, also by an earlier offset', async () => {
      const topic = await bench.topic();
      const group = bench.name('group');
      await bench.log.commit(group, [{ topic, partition: 0, offset: 7, metadata: 'old' }]);
      await bench.log.commit(group, [{ topic, partition: 0, offset: 5, metadata: 'new' }]);
      expect(await bench.log.committed(group, [{ topic, partition: 0 }])).toEqual([
        { topic, partition: 0, offset: 5, metadata: 'new' },
      ]);
    });

    it('of one group are none of another', async () => {
      const topic = await bench.topic();
      await bench.log.commit(bench.name('group'), [{ topic, partition: 0, offset: 1 }]);
      expect(await bench.log.committed(bench.name('group'), [{ topic, partition: 0 }])).toEqual([]);
    });

    it('are seen by other processes', async () => {
      const other = await bench.world.another();
      const topic = await bench.topic();
      const group = bench.name('group');
      await bench.log.commit(group, [{ topic, partition: 0, offset: 3 }]);
      expect(await other.committed(group, [{ topic, partition: 0 }])).toMatchObject([{ offset: 3 }]);
    });

    it('carry metadata of some kilobytes', async () => {
      const topic = await bench.topic();
      const group = bench.name('group');
      const metadata = 'ranges,'.repeat(500);
      await bench.log.commit(group, [{ topic, partition: 0, offset: 3, metadata }]);
      expect((await bench.log.committed(group, [{ topic, partition: 0 }]))[0]?.metadata).toBe(metadata);
    });

    it('can be written by the process whose members the group has', async () => {
      const topic = await bench.topic();
      const group = bench.name('group');
      const working = bench.keep(
        await bench.log.work({ group, topics: [topic], onBatch: async () => undefined, onEnd: () => undefined }),
      );
      await bench.log.commit(group, [{ topic, partition: 0, offset: 4 }]);
      expect(await bench.log.committed(group, [{ topic, partition: 0 }])).toMatchObject([{ offset: 4 }]);
      await working.close();
    });

    if (traits.singleProcess !== true) {
      it('cannot be written from outside while the group has members, and can again once they left', async () => {
        const topic = await bench.topic();
        const group = bench.name('group');
        const other = await bench.world.another();
        const working = bench.keep(
          await bench.log.work({ group, topics: [topic], onBatch: async () => undefined, onEnd: () => undefined }),
        );
        const position = { topic, partition: 0, offset: 4 };
        await expect(other.commit(group, [position])).rejects.toMatchObject(fault('GROUP_HAS_MEMBERS'));
        await working.close();
        await other.commit(group, [position]);
        expect(await other.committed(group, [position])).toMatchObject([{ offset: 4 }]);
      });
    }
  });
}
