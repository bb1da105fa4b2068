import type { Log } from '@partitura/log';
import { startKafka, type Kafka } from '@partitura/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openKafkaLog } from '../index.ts';
import { appendUntilAcked, freshName, makeTopic, record, textsOf, until } from './world.ts';

/** Follows a partition and gathers texts. */
function follow(log: Log, topic: string, partition = 0): { texts: string[]; ends: unknown[] } {
  const gathered = { texts: [] as string[], ends: [] as unknown[] };
  log.follow({
    topic,
    partition,
    from: 0,
    onBatch: (batch) => {
      gathered.texts.push(...textsOf(batch.records));
    },
    onEnd: (why) => gathered.ends.push(why),
  });
  return gathered;
}

describe('a broker that', () => {
  let kafka: Kafka;
  let log: Log;
  beforeAll(async () => {
    kafka = await startKafka({ ownOnly: true });
    log = await openKafkaLog({ brokers: kafka.brokers, requestMs: 2_000, heartbeatMs: 100, sessionMs: 4_000 });
  }, 180_000);
  afterAll(async () => {
    await log.close();
    await kafka.stop();
  });

  it.each([
    ['is killed', (): Promise<void> => kafka.nodes[0]!.kill()],
    ['is shut down', (): Promise<void> => kafka.nodes[0]!.shutDown()],
  ])(
    '%s and comes back loses nothing that was acked, and everything goes on by itself',
    async (_, end) => {
      const [group, topic] = [freshName('group'), await makeTopic(log, 2)];
      const ownership = await log.own({
        group,
        topic,
        count: 2,
        instance: 'one',
        onAcquire: () => undefined,
        onRelease: () => undefined,
      });
      const followed = follow(log, topic);
      const acked: string[] = [];
      const stop = { now: false };
      const writing = (async () => {
        for (let n = 0; !stop.now; n++) {
          await appendUntilAcked(log, topic, 0, [record(String(n))]);
          acked.push(String(n));
        }
      })();
      await until('appends run', () => acked.length > 50);
      await end();
      await expect(log.append(topic, 1, [record('x')])).rejects.toMatchObject({ retryable: true });
      await kafka.nodes[0]!.start();
      const back = acked.length;
      await until('appends run again', () => acked.length > back + 50);
      stop.now = true;
      await writing;

      await until('the follower is there', () => followed.texts.at(-1) === acked.at(-1));
      // Repeated appends may have landed twice, right behind each other; none may be missing.
      const once = followed.texts.filter((text, i) => text !== followed.texts[i - 1]);
      expect(once).toEqual(acked);
      expect(followed.ends).toEqual([]);
      await ownership.confirm();
      await until('owned again', () => ownership.owned().size === 2);
      await log.commit(freshName('group'), [{ topic, partition: 0, offset: 1 }]);
      await ownership.close();
    },
    120_000,
  );

  it('is frozen leaves the outcome of an append unknown, and shows it later', async () => {
    const topic = await makeTopic(log);
    const followed = follow(log, topic);
    await log.append(topic, 0, [record('before')]);
    await kafka.nodes[0]!.pause();
    try {
      await expect(log.append(topic, 0, [record('meanwhile')])).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    } finally {
      await kafka.nodes[0]!.resume();
    }
    await appendUntilAcked(log, topic, 0, [record('after')]);
    await until('the follower is there', () => followed.texts.includes('after'));
    expect(followed.texts.filter((text) => text !== 'meanwhile')).toEqual(['before', 'after']);
    expect(followed.ends).toEqual([]);
  }, 60_000);
});

describe('a cluster of three', () => {
  let kafka: Kafka;
  let log: Log;
  beforeAll(async () => {
    kafka = await startKafka({ ownOnly: true, nodes: 3 });
    log = await openKafkaLog({ brokers: kafka.brokers, requestMs: 3_000, heartbeatMs: 200, sessionMs: 6_000 });
  }, 180_000);
  afterAll(async () => {
    await log.close();
    await kafka.stop();
  });

  it('goes on when a leader dies: followings and appends find the next one', async () => {
    const topic = await makeTopic(log, 3, 3);
    const followed = [0, 1, 2].map((partition) => follow(log, topic, partition));
    const acked: string[][] = [[], [], []];
    const stop = { now: false };
    const writing = [0, 1, 2].map(async (partition) => {
      for (let n = 0; !stop.now; n++) {
        await appendUntilAcked(log, topic, partition, [record(String(n))]);
        acked[partition]!.push(String(n));
      }
    });
    await until('appends run', () => acked.every((texts) => texts.length > 20));
    // Each node leads one of three partitions.
    await kafka.nodes[2]!.kill();
    const lengths = acked.map((texts) => texts.length);
    await until(
      'appends run on all partitions',
      () => acked.every((texts, i) => texts.length > lengths[i]! + 50),
      90_000,
    );
    stop.now = true;
    await Promise.all(writing);
    for (const partition of [0, 1, 2]) {
      const { texts, ends } = followed[partition]!;
      await until('the follower is there', () => texts.at(-1) === acked[partition]!.at(-1));
      expect(texts.filter((text, i) => text !== texts[i - 1])).toEqual(acked[partition]);
      expect(ends).toEqual([]);
    }
  }, 180_000);
});
