import type { Log } from '@partitura/log';
import { sharedKafka } from '@partitura/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import kafkajs from 'kafkajs';
import { openKafkaLog } from '../index.ts';
import { freshName, until } from './world.ts';

describe('a compacted topic', () => {
  let log: Log;
  let client: kafkajs.Kafka;
  beforeAll(async () => {
    const brokers = await sharedKafka();
    log = await openKafkaLog({ brokers });
    client = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
  });
  afterAll(() => log.close());

  it('is read to its end over batches that lost their tails or all of their records', async () => {
    const topic = freshName('compacted');
    const admin = client.admin();
    await admin.connect();
    await admin.createTopics({
      topics: [
        {
          topic,
          numPartitions: 1,
          configEntries: Object.entries({
            'cleanup.policy': 'compact',
            'segment.ms': '100',
            'min.cleanable.dirty.ratio': '0.01',
            'max.compaction.lag.ms': '200',
          }).map(([name, value]) => ({ name, value })),
        },
      ],
    });
    await admin.disconnect();
    await until('the topic can be written', () =>
      log.offsets(topic, 0).then(
        () => true,
        () => false,
      ),
    );

    // The last batch of every producer id is kept although it is empty; so use several of them.
    for (let round = 0; round < 4; round++) {
      const producer = client.producer({ transactionalId: freshName('producer'), maxInFlightRequests: 1 });
      await producer.connect();
      const transaction = await producer.transaction();
      const messages = Array.from({ length: 10 }, (_, i) => ({
        key: `key ${i}`,
        value: `${round}.${i}`,
        partition: 0,
      }));
      await transaction.send({ topic, messages });
      await transaction.commit();
      await producer.disconnect();
      await log.append(topic, 0, [
        { key: Buffer.from('key 0'), value: Buffer.from(`${round}.0 again`) },
        { key: Buffer.from('tail'), value: Buffer.from(`tail ${round}`) },
      ]);
    }
    const whole = (await log.offsets(topic, 0)).end;
    // A segment is cleaned only once it is no longer written to, and it is left when something comes later.
    let marks = 0;
    const read = async (): Promise<{ values: string[]; batches: number }> => {
      const values: string[] = [];
      let batches = 0;
      for (let next = 0; next < whole; batches++) {
        const batch = await log.fetch(topic, 0, next, { maxBytes: 1 });
        expect(batch.nextOffset).toBeGreaterThan(next);
        values.push(...batch.records.filter((r) => r.offset < whole).map((r) => Buffer.from(r.value!).toString()));
        next = batch.nextOffset;
      }
      return { values, batches };
    };
    await until(
      'the cleaner has been here',
      async () => {
        await log.append(topic, 0, [{ key: Buffer.from('mark'), value: Buffer.from(String(marks++)) }]);
        await new Promise((resolve) => setTimeout(resolve, 200));
        return (await read()).values.length === 11;
      },
      50_000,
    );

    const { values, batches } = await read();
    const expected = [...Array.from({ length: 9 }, (_, i) => `3.${i + 1}`), '3.0 again', 'tail 3'];
    expect([...values].sort()).toEqual([...expected].sort());
    // There were reads that gave nothing but a new position.
    expect(batches).toBeGreaterThan(2);

    const followed: string[] = [];
    let position = 0;
    const { end } = await log.offsets(topic, 0);
    const following = log.follow({
      topic,
      partition: 0,
      from: 0,
      isolation: 'committed',
      onBatch: (batch) => {
        followed.push(...batch.records.filter((r) => r.offset < whole).map((r) => Buffer.from(r.value!).toString()));
        position = batch.nextOffset;
      },
      onEnd: (why) => followed.push(String(why)),
    });
    await until('the end', () => position >= end);
    following.close();
    expect([...followed].sort()).toEqual([...expected].sort());
  }, 90_000);
});
