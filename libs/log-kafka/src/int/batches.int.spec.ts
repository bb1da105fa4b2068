import type { AddressedRecord, Batch, Log } from '@partitura/log';
import { sharedKafka } from '@partitura/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openKafkaLog } from '../index.ts';
import { makeTopic, until } from './world.ts';

const partitions = 8;
const tokens = 64;
const rounds = 30;

/** What one program sent and read: records of each request. */
interface Carried {
  readonly appended: number[];
  readonly fetched: number[];
}

/**
 * The way of a task, without anything that decides: commands, journal, queue, and back. A program that sends each
 * record by itself pays for a request what ten records cost, here and at the broker.
 */
describe('sixty-four that go round', () => {
  const decider: Carried = { appended: [], fetched: [] };
  const worker: Carried = { appended: [], fetched: [] };
  const logs: Log[] = [];
  let brokers: readonly string[];
  beforeAll(async () => {
    brokers = await sharedKafka();
  });
  afterAll(() => Promise.all(logs.map((log) => log.close())));

  async function open(carried: Carried): Promise<Log> {
    const log = await openKafkaLog({ brokers, onCarried: (how, records) => carried[how].push(records) });
    logs.push(log);
    return log;
  }

  it('share requests: eight records and more in each, on the average', async () => {
    const [deciding, working] = [await open(decider), await open(worker)];
    const commands = await makeTopic(deciding, partitions);
    const journal = await makeTopic(deciding, partitions);
    const queue = await makeTopic(deciding, partitions / 2);
    let finished = 0;
    const failures: unknown[] = [];
    const failed = (why: unknown): void => void failures.push(why);
    const to = (topic: string, count: number, batch: Batch): AddressedRecord[] =>
      batch.records.map(({ value }) => ({ topic, partition: numberIn(value) % count, key: null, value }));

    for (let partition = 0; partition < partitions; partition++)
      deciding.follow({
        topic: commands,
        partition,
        from: 0,
        isolation: 'committed',
        onBatch: async (batch) => {
          await deciding.append(journal, partition, batch.records);
          await deciding.send(to(queue, partitions / 2, batch));
        },
        onEnd: failed,
      });
    for (let partition = 0; partition < partitions / 2; partition++)
      working.follow({
        topic: queue,
        partition,
        from: 0,
        isolation: 'committed',
        onBatch: async (batch) => {
          finished += batch.records.length;
          if (finished < tokens * rounds) await working.send(to(commands, partitions, batch));
        },
        onEnd: failed,
      });

    const first = Array.from({ length: tokens }, (_, n) => ({ key: null, value: Buffer.from([n]) }));
    await working.send(first.map((record, n) => ({ ...record, topic: commands, partition: n % partitions })));
    await until('all went round', () => finished >= tokens * rounds || failures.length > 0);
    expect(failures).toEqual([]);
    for (const { appended, fetched } of [decider, worker]) {
      expect(meanOf(appended)).toBeGreaterThan(8);
      expect(meanOf(fetched)).toBeGreaterThan(8);
    }
  });
});

const numberIn = (value: Uint8Array | null): number => value?.[0] ?? 0;
const meanOf = (counts: readonly number[]): number => counts.reduce((sum, n) => sum + n, 0) / counts.length;
