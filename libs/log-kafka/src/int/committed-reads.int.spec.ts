import type { Log } from '@partitura/log';
import { sharedKafka } from '@partitura/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import kafkajs from 'kafkajs';
import { openKafkaLog } from '../index.ts';
import { freshName, makeTopic, record, textsOf, until } from './world.ts';

describe('records of foreign transactions', () => {
  let log: Log;
  let client: kafkajs.Kafka;
  const producers: kafkajs.Producer[] = [];
  beforeAll(async () => {
    const brokers = await sharedKafka();
    log = await openKafkaLog({ brokers });
    client = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
  });
  afterAll(async () => {
    await Promise.all(producers.map((producer) => producer.disconnect()));
    await log.close();
  });

  async function producer(): Promise<kafkajs.Producer> {
    const made = client.producer({ transactionalId: freshName('producer'), maxInFlightRequests: 1 });
    await made.connect();
    producers.push(made);
    return made;
  }
  const send = (transaction: kafkajs.Transaction, topic: string, ...values: string[]): Promise<unknown> =>
    transaction.send({ topic, messages: values.map((value) => ({ value, partition: 0 })) });

  it('are left out when aborted, however they overlap', async () => {
    const topic = await makeTopic(log);
    const [a, b, c] = await Promise.all([producer(), producer(), producer()]);
    const [ta, tb, tc] = [await a.transaction(), await b.transaction(), await c.transaction()];
    await send(ta, topic, 'a1 aborted');
    await send(tb, topic, 'b1 aborted');
    await send(tc, topic, 'c1');
    await log.append(topic, 0, [record('plain')]);
    await send(ta, topic, 'a2 aborted');
    await tb.abort();
    const tb2 = await b.transaction();
    await send(tb2, topic, 'b2');
    await ta.abort();
    const ta2 = await a.transaction();
    await send(ta2, topic, 'a3 aborted', 'a4 aborted');
    await tc.commit();
    await ta2.abort();
    await tb2.commit();
    const expected = ['c1', 'plain', 'b2'];

    const read: string[] = [];
    let position = 0;
    const following = log.follow({
      topic,
      partition: 0,
      from: 0,
      isolation: 'committed',
      onBatch: (batch) => {
        read.push(...textsOf(batch.records));
        position = batch.nextOffset;
      },
      onEnd: (why) => read.push(String(why)),
    });
    const end = 13; // eight records, five markers; those come a little after the commits
    await until('the follower has moved over the last marker', () => position === end);
    following.close();
    expect(read).toEqual(expected);

    // From any offset on, the same is left out: the list of aborted ones is made for the place one reads at.
    for (let from = 0; from < end; from++) {
      const fetched: { offset: number; text: string }[] = [];
      for (let next = from; next < end;) {
        const batch = await log.fetch(topic, 0, next, { isolation: 'committed' });
        batch.records.forEach((r, i) => fetched.push({ offset: r.offset, text: textsOf(batch.records)[i]! }));
        next = batch.nextOffset;
      }
      expect(fetched.map((r) => r.text)).toEqual(expected.slice(expected.length - fetched.length));
      expect(fetched.every((r) => r.offset >= from)).toBe(true);
    }

    const everything = await log.fetch(topic, 0, 0);
    expect(textsOf(everything.records)).toHaveLength(8);
    expect(everything.nextOffset).toBe(end);
  });

  it('hold back what comes after them while they are open, and the end of what is stable says so', async () => {
    const topic = await makeTopic(log);
    await log.append(topic, 0, [record('before')]);
    const transaction = await (await producer()).transaction();
    await send(transaction, topic, 'open');
    await log.append(topic, 0, [record('after')]);

    const open = await log.fetch(topic, 0, 0, { isolation: 'committed' });
    expect(textsOf(open.records)).toEqual(['before']);
    expect(open).toMatchObject({ lastStable: 1, highWatermark: 3, nextOffset: 1 });
    await transaction.commit();
    await until(
      'the transaction is stable',
      async () => (await log.fetch(topic, 0, 0, { isolation: 'committed' })).lastStable === 4,
    );
    expect(textsOf((await log.fetch(topic, 0, 1, { isolation: 'committed' })).records)).toEqual(['open', 'after']);
  });

  it('that another client compressed are stored plain in our topics', async () => {
    const topic = await makeTopic(log);
    const made = client.producer();
    await made.connect();
    producers.push(made);
    await made.send({
      topic,
      compression: kafkajs.CompressionTypes.GZIP,
      messages: Array.from({ length: 50 }, (_, i) => ({ value: `value ${i}`, partition: 0 })),
    });
    expect(textsOf((await log.fetch(topic, 0, 0)).records)).toHaveLength(50);
  });
});
