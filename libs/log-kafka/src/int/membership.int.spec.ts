import type { Log, Ownership } from '@partitura/log';
import { openCable, sharedKafka, type Cable } from '@partitura/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import kafkajs from 'kafkajs';
import { openKafkaLog } from '../index.ts';
import { freshName, makeTopic, record, textsOf, until } from './world.ts';

const sessionMs = 2_000;

describe('membership', () => {
  let brokers: readonly string[];
  let log: Log;
  const cleanUps: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    brokers = await sharedKafka();
    log = await openKafkaLog({ brokers, sessionMs, heartbeatMs: 100 });
  });
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });
  afterAll(() => log.close());

  /** A process whose way to the broker can be frozen and cut. */
  async function processOnCable(): Promise<{ log: Log; cable: Cable }> {
    const cable = await openCable(Number(brokers[0]!.split(':')[1]));
    cleanUps.push(() => cable.close());
    const reach = (): { host: string; port: number } => ({ host: '127.0.0.1', port: cable.port });
    const far = await openKafkaLog({ brokers, reach, sessionMs, heartbeatMs: 100, requestMs: 4_000 });
    cleanUps.push(() => far.close());
    return { log: far, cable };
  }

  interface Owner {
    readonly ownership: Ownership;
    readonly acquired: number[];
    readonly released: number[];
  }
  async function own(on: Log, group: string, topic: string, count: number, instance: string): Promise<Owner> {
    const acquired: number[] = [];
    const released: number[] = [];
    const ownership = await on.own({
      group,
      topic,
      count,
      instance,
      onAcquire: (number) => acquired.push(number),
      onRelease: (number) => released.push(number),
    });
    cleanUps.push(() => ownership.close());
    return { ownership, acquired, released };
  }

  it('goes 8, 4 + 4, 8, and kept numbers stay where they are', async () => {
    const [group, topic] = [freshName('group'), await makeTopic(log, 8)];
    const one = await own(log, group, topic, 8, 'one');
    expect(one.ownership.owned().size).toBe(8);
    const other = await openKafkaLog({ brokers, heartbeatMs: 100 });
    cleanUps.push(() => other.close());
    const two = await own(other, group, topic, 8, 'two');
    await until('halves', () => one.ownership.owned().size === 4 && two.ownership.owned().size === 4);
    const kept = [...one.ownership.owned()];
    await two.ownership.close();
    await until('all again', () => one.ownership.owned().size === 8);
    expect(one.released).toHaveLength(4);
    expect(one.acquired).toHaveLength(12);
    expect(kept.some((number) => one.released.includes(number))).toBe(false);
  });

  it('of a dead process passes on within a session', async () => {
    const [group, topic] = [freshName('group'), await makeTopic(log, 4)];
    const far = await processOnCable();
    const dead = await own(far.log, group, topic, 4, 'dead');
    const one = await own(log, group, topic, 4, 'one');
    await until('halves', () => one.ownership.owned().size === 2 && dead.ownership.owned().size === 2);

    far.cable.freeze();
    const frozenAt = performance.now();
    await until('all are mine', () => one.ownership.owned().size === 4);
    expect(performance.now() - frozenAt).toBeLessThan(sessionMs + 3_000);
    // The one that cannot hear gave them up by itself.
    expect([...dead.released].sort()).toEqual([...dead.acquired].filter((n) => one.acquired.includes(n)).sort());
    await until('it gave up all', () => dead.ownership.owned().size === 0);
  });

  it('is denied to a zombie, and confirmed again only after it joined again', async () => {
    const [group, topic] = [freshName('group'), await makeTopic(log, 2)];
    const far = await processOnCable();
    const zombie = await own(far.log, group, topic, 2, 'zombie');
    await zombie.ownership.confirm();
    far.cable.freeze();
    const denied = zombie.ownership.confirm().then(
      () => 'confirmed',
      () => 'denied',
    );
    expect(await denied).toBe('denied');
    expect(zombie.ownership.owned().size).toBe(0);

    const confirmedAgain = zombie.ownership.confirm();
    far.cable.thaw();
    await confirmedAgain;
    await until('it owns again', () => zombie.ownership.owned().size === 2);
  });

  it('does not keep an append of a zombie from landing: behind what the new owner wrote, where the ack shows it', async () => {
    const topic = await makeTopic(log);
    const far = await processOnCable();
    expect((await far.log.append(topic, 0, [record('own 0')])).baseOffset).toBe(0);
    far.cable.freeze();
    const late = far.log.append(topic, 0, [record('late')]);
    late.catch(() => undefined);
    expect((await log.append(topic, 0, [record('new owner')])).baseOffset).toBe(1);
    far.cable.thaw();
    expect((await late).baseOffset).toBe(2);
    expect(textsOf((await log.fetch(topic, 0, 0)).records)).toEqual(['own 0', 'new owner', 'late']);
  });

  it('survives cut connections within the session without giving anything up', async () => {
    const [group, topic] = [freshName('group'), await makeTopic(log, 2)];
    const far = await processOnCable();
    const one = await own(far.log, group, topic, 2, 'one');
    far.cable.cut();
    await new Promise((resolve) => setTimeout(resolve, 300));
    far.cable.mend();
    await one.ownership.confirm();
    expect(one.released).toEqual([]);
    expect(one.ownership.owned().size).toBe(2);
  });

  it('of a queue is shared with a consumer of another client', async () => {
    const [group, topic] = [freshName('group'), await makeTopic(log, 4)];
    const seen = { ours: new Set<string>(), theirs: new Set<string>() };
    const ends: unknown[] = [];
    const working = await log.work({
      group,
      topics: [topic],
      onBatch: async (batch) => {
        for (const text of textsOf(batch.records)) seen.ours.add(text);
      },
      onEnd: (why) => ends.push(why),
    });
    cleanUps.push(() => working.close());

    // kafkajs calls the common strategy by a name of its own.
    const range: kafkajs.PartitionAssigner = (config) => ({
      ...kafkajs.PartitionAssigners.roundRobin(config),
      name: 'range',
      protocol: ({ topics }) => ({
        name: 'range',
        metadata: kafkajs.AssignerProtocol.MemberMetadata.encode({ version: 0, topics, userData: Buffer.alloc(0) }),
      }),
    });
    const client = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
    const consumer = client.consumer({
      groupId: group,
      partitionAssigners: [range],
      sessionTimeout: 6_000,
      heartbeatInterval: 100,
      maxWaitTimeInMs: 50,
    });
    await consumer.connect();
    cleanUps.push(() => consumer.disconnect());
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ message }) => void seen.theirs.add(String(message.value)),
    });

    for (let round = 0, halves = ''; halves !== '2+2'; round++) {
      for (const partition of [0, 1, 2, 3]) await log.append(topic, partition, [record(`${partition}:${round}`)]);
      await until('the whole round', () => new Set([...seen.ours, ...seen.theirs]).size === 4 * (round + 1));
      const count = (side: Set<string>): number => [...side].filter((text) => text.endsWith(`:${round}`)).length;
      halves = `${count(seen.ours)}+${count(seen.theirs)}`;
    }
    expect(ends).toEqual([]);
  });
});
