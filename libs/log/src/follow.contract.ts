import { describe, expect, it } from '@jest/globals';
import { Fault } from '@partitura/model';
import { fault, Gate, Gathered, numbers, offsetsOf, recordsOf, type Bench } from './contract-world.ts';

export function describeFollow(bench: Bench): void {
  describe('following', () => {
    it('gives everything from its offset on, in order, and later what comes later', async () => {
      const topic = await bench.topic();
      await bench.log.append(topic, 0, recordsOf('0', '1', '2', '3'));
      const gathered = bench.follow(topic, 0, 1);
      await bench.until('the old records', () => gathered.records.length === 3);
      await bench.log.append(topic, 0, recordsOf('4', '5'));
      await bench.log.append(topic, 0, recordsOf('6'));
      await bench.until('the late records', () => gathered.records.length >= 6);

      expect(gathered.texts).toEqual(['1', '2', '3', '4', '5', '6']);
      expect(offsetsOf(gathered.records)).toEqual(numbers(1, 7));
      expect(gathered.batches.at(-1)).toMatchObject({
        topic,
        partition: 0,
        nextOffset: 7,
        highWatermark: 7,
        logStart: 0,
      });
      expect(gathered.ends).toEqual([]);
    });

    it('moves its position without a gap from batch to batch', async () => {
      const topic = await bench.topic();
      const gathered = bench.follow(topic, 0);
      for (const n of numbers(0, 30)) await bench.log.append(topic, 0, recordsOf(`${n}a`, `${n}b`));
      await bench.until('all', () => gathered.records.length === 60);

      let next = 0;
      for (const batch of gathered.batches) {
        expect(offsetsOf(batch.records)).toEqual(numbers(next, batch.nextOffset));
        next = batch.nextOffset;
      }
    });

    it('hands over the next batch only after the previous one was taken', async () => {
      const [slow, fence] = [await bench.topic(), await bench.topic()];
      const handed = new Gathered();
      const gate = new Gate();
      let inside = 0;
      let insideMost = 0;
      bench.follow(slow, 0, 0, {
        onBatch: async (batch) => {
          insideMost = Math.max(insideMost, ++inside);
          handed.take(batch);
          if (handed.batches.length === 1) await gate.pass();
          inside--;
        },
      });
      const passing = bench.follow(fence, 0);

      await bench.log.append(slow, 0, recordsOf('a'));
      await bench.until('the first batch', () => handed.batches.length === 1);
      await bench.log.append(slow, 0, recordsOf('b'));
      for (const n of numbers(0, 3)) {
        await bench.log.append(fence, 0, recordsOf(String(n)));
        await bench.until('another partition goes on', () => passing.records.length === n + 1);
      }
      expect(handed.texts).toEqual(['a']);

      gate.open();
      await bench.until('the rest', () => handed.records.length === 2);
      expect(handed.texts).toEqual(['a', 'b']);
      expect(insideMost).toBe(1);
    });

    it('goes on beside many others, each in order', async () => {
      const topic = await bench.topic(6);
      const all = numbers(0, 6).map((partition) => bench.follow(topic, partition));
      await Promise.all(
        numbers(0, 6).map(async (partition) => {
          for (const n of numbers(0, 10)) await bench.log.append(topic, partition, recordsOf(`${partition}:${n}`));
        }),
      );
      await bench.until('all partitions', () => all.every((gathered) => gathered.records.length === 10));
      all.forEach((gathered, partition) => {
        expect(gathered.texts).toEqual(numbers(0, 10).map((n) => `${partition}:${n}`));
      });
    });

    it('can be done twice on one partition', async () => {
      const topic = await bench.topic();
      const [one, two] = [bench.follow(topic, 0), bench.follow(topic, 0)];
      await bench.log.append(topic, 0, recordsOf('a'));
      await bench.until('both', () => one.records.length === 1 && two.records.length === 1);
      one.following?.close();
      await bench.log.append(topic, 0, recordsOf('b'));
      await bench.until('the second goes on', () => two.records.length === 2);
      expect(one.texts).toEqual(['a']);
    });

    it('sees what another process appends', async () => {
      const other = await bench.world.another();
      const topic = await bench.topic();
      const gathered = bench.follow(topic, 0);
      await other.append(topic, 0, recordsOf('from elsewhere'));
      await bench.until('the record', () => gathered.records.length === 1);
      expect(gathered.texts).toEqual(['from elsewhere']);
    });

    it('is over once closed, without onEnd', async () => {
      const topic = await bench.topic(2);
      const [closed, fence] = [bench.follow(topic, 0), bench.follow(topic, 1)];
      await bench.log.append(topic, 0, recordsOf('a'));
      await bench.until('the first', () => closed.records.length === 1);
      closed.following?.close();
      closed.following?.close();
      await bench.log.append(topic, 0, recordsOf('b'));
      for (const n of numbers(0, 3)) {
        await bench.log.append(topic, 1, recordsOf(String(n)));
        await bench.until('another partition goes on', () => fence.records.length === n + 1);
      }
      expect(closed.texts).toEqual(['a']);
      expect(closed.ends).toEqual([]);
    });

    it('can be closed from inside its own batch', async () => {
      const topic = await bench.topic(2);
      await bench.log.append(topic, 0, recordsOf('a'));
      const handed = new Gathered();
      const own = bench.follow(topic, 0, 0, {
        onBatch: (batch) => {
          handed.take(batch);
          own.following?.close();
        },
      });
      await bench.until('the batch', () => handed.batches.length > 0);
      const fence = bench.follow(topic, 1);
      await bench.log.append(topic, 0, recordsOf('b'));
      await bench.log.append(topic, 1, recordsOf('z'));
      await bench.until('another partition goes on', () => fence.records.length === 1);
      expect(handed.texts).toEqual(['a']);
    });

    it('ends with what its own batch rejects with', async () => {
      const topic = await bench.topic();
      await bench.log.append(topic, 0, recordsOf('a'));
      // A fault of something else that the reader uses says nothing about the log.
      const refusal = new Fault('UNAVAILABLE', 'cannot apply this', { retryable: true });
      let calls = 0;
      const gathered = bench.follow(topic, 0, 0, {
        onBatch: async () => {
          calls++;
          throw refusal;
        },
      });
      await bench.until('the end', () => gathered.ends.length > 0);
      expect(gathered.ends).toEqual([refusal]);
      expect(calls).toBe(1);
    });

    it('ends above the end of the log', async () => {
      const topic = await bench.topic();
      await bench.log.append(topic, 0, recordsOf('a'));
      const gathered = bench.follow(topic, 0, 2);
      await bench.until('the end', () => gathered.ends.length > 0);
      expect(gathered.ends).toEqual([expect.objectContaining(fault('OFFSET_OUT_OF_RANGE'))]);
      expect(gathered.records).toEqual([]);
    });

    it('ends when the log was trimmed beyond its position', async () => {
      const topic = await bench.topic();
      await bench.log.append(topic, 0, recordsOf('a'));
      const gate = new Gate();
      const gathered = bench.follow(topic, 0, 0, { onBatch: () => gate.pass() });
      await bench.until('the first batch', () => gate.came === 1);
      // More than an adapter may have read ahead of its handler.
      for (const n of numbers(1, 8)) await bench.log.append(topic, 0, recordsOf(String(n).repeat(1_000_000)));
      await bench.log.trim(topic, 0, 8);
      gate.open();
      await bench.until('the end', () => gathered.ends.length > 0);
      expect(gathered.ends).toEqual([expect.objectContaining(fault('OFFSET_OUT_OF_RANGE'))]);
    });

    it('ends where the topic does not exist', async () => {
      const gathered = bench.follow(bench.name('missing'), 0);
      await bench.until('the end', () => gathered.ends.length > 0);
      expect(gathered.ends).toEqual([expect.objectContaining(fault('UNKNOWN_TOPIC'))]);
    });
  });
}
