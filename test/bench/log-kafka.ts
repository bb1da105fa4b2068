/**
 * What the Kafka log costs on this machine: latencies one at a time, CPU of this process per record, CPU while idle.
 *
 *     node test/dist/bench/log-kafka.js
 *
 * With `KAFKA_BROKERS` it measures that Kafka, else one of its own. CPU is the figure to compare; latencies of a busy
 * machine are not.
 */
import type { Log, LogRecord } from '@partitura/log';
import { openKafkaLog } from '@partitura/log-kafka';
import { startKafka } from '@partitura/testing';
import { randomBytes } from 'node:crypto';

const valueBytes = 300;
const partitions = 8;
const record = (): LogRecord => ({ key: randomBytes(18), value: randomBytes(valueBytes) });

const print = (what: string, figures: string): void => {
  console.log(`${what.padEnd(52)} ${figures}`);
};

async function main(): Promise<void> {
  const kafka = await startKafka({ progress: console.log });
  const log = await openKafkaLog({ brokers: kafka.brokers });
  const topic = `bench-${randomBytes(4).toString('hex')}`;
  await log.createTopics([
    {
      topic,
      partitions,
      config: { cleanup: 'delete', retentionMs: -1, timestamps: 'append', maxMessageBytes: 8_388_608 },
    },
  ]);
  for (const size of [1, 100]) await appendLatency(log, topic, size);
  await appendToFollow(log, topic);
  await appendThroughput(log, topic);
  await sendThroughput(log, topic);
  await followThroughput(log, topic);
  await idle(log, topic);
  await log.close();
  await kafka.stop();
}

async function appendLatency(log: Log, topic: string, size: number): Promise<void> {
  const records = Array.from({ length: size }, record);
  const times: number[] = [];
  const cost = cpu();
  for (let i = 0; i < 2_000; i++) {
    const began = performance.now();
    await log.append(topic, 0, records);
    times.push(performance.now() - began);
  }
  print(`append of ${size}, one at a time`, `${quantiles(times)}, CPU ${perRecord(cost(), 2_000 * size)}`);
}

async function appendToFollow(log: Log, topic: string): Promise<void> {
  const times: number[] = [];
  let arrived: () => void = () => undefined;
  const { end } = await log.offsets(topic, 1);
  const following = log.follow({
    topic,
    partition: 1,
    from: end,
    onBatch: () => {
      arrived();
    },
    onEnd: fail,
  });
  // As in real life, long polls carry many partitions.
  const others = await followAll(log, topic, () => undefined, [2, 3, 4, 5, 6, 7]);
  for (let i = 0; i < 2_000; i++) {
    const began = performance.now();
    const seen = new Promise<void>((resolve) => (arrived = resolve));
    await log.append(topic, 1, [record()]);
    await seen;
    times.push(performance.now() - began);
  }
  following.close();
  others();
  print('append to handler of a follower', quantiles(times));
}

async function appendThroughput(log: Log, topic: string): Promise<void> {
  for (const size of [1, 10, 100]) {
    const records = Array.from({ length: size }, record);
    let appended = 0;
    const deadline = performance.now() + 3_000;
    const cost = cpu();
    const began = performance.now();
    await Promise.all(
      Array.from({ length: partitions }, async (_, partition) => {
        while (performance.now() < deadline) {
          await log.append(topic, partition, records);
          appended += size;
        }
      }),
    );
    const seconds = (performance.now() - began) / 1_000;
    print(
      `append of ${size} on ${partitions} partitions, one under way each`,
      `${Math.round(appended / seconds)} records/s, CPU ${perRecord(cost(), appended)}`,
    );
  }
}

async function sendThroughput(log: Log, topic: string): Promise<void> {
  for (const callers of [1, 100, 1_000]) {
    const records = Array.from({ length: 1_000 }, record);
    let sent = 0;
    const deadline = performance.now() + 3_000;
    const cost = cpu();
    const began = performance.now();
    await Promise.all(
      Array.from({ length: callers }, async () => {
        while (performance.now() < deadline) {
          const next = sent++;
          await log.send([{ topic, partition: next % partitions, ...records[next % 1_000]! }]);
        }
      }),
    );
    const seconds = (performance.now() - began) / 1_000;
    print(
      `send of single records by ${callers} callers`,
      `${Math.round(sent / seconds)} records/s, CPU ${perRecord(cost(), sent)}`,
    );
  }
}

async function followThroughput(log: Log, topic: string): Promise<void> {
  const ends = await Promise.all(Array.from({ length: partitions }, (_, p) => log.offsets(topic, p)));
  const total = ends.reduce((sum, { end }) => sum + end, 0);
  let read = 0;
  let batches = 0;
  const cost = cpu();
  const began = performance.now();
  await new Promise<void>((resolve) => {
    void followAll(
      log,
      topic,
      (count) => {
        read += count;
        batches++;
        if (read >= total) resolve();
      },
      Array.from({ length: partitions }, (_, p) => p),
      0,
    );
  });
  const seconds = (performance.now() - began) / 1_000;
  print(
    `follow ${partitions} partitions from the start`,
    `${Math.round(total / seconds)} records/s, CPU ${perRecord(cost(), total)}, ${Math.round(total / batches)} a batch`,
  );
}

async function idle(log: Log, topic: string): Promise<void> {
  const close = await followAll(
    log,
    topic,
    () => undefined,
    Array.from({ length: partitions }, (_, p) => p),
  );
  const ownership = await log.own({
    group: `bench-${randomBytes(4).toString('hex')}`,
    topic,
    count: partitions,
    instance: 'bench',
    onAcquire: () => undefined,
    onRelease: () => undefined,
  });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const cost = cpu();
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  print('idle: followings and a membership', `${((cost() / 5_000_000) * 100).toFixed(2)} % of a core`);
  close();
  await ownership.close();
}

async function followAll(
  log: Log,
  topic: string,
  onRecords: (count: number) => void,
  which: readonly number[],
  from?: number,
): Promise<() => void> {
  const followings = await Promise.all(
    which.map(async (partition) =>
      log.follow({
        topic,
        partition,
        from: from ?? (await log.offsets(topic, partition)).end,
        onBatch: (batch) => {
          onRecords(batch.records.length);
        },
        onEnd: fail,
      }),
    ),
  );
  return () => {
    for (const following of followings) following.close();
  };
}

function fail(why: unknown): void {
  console.error(why);
  process.exit(1);
}

/** Microseconds of CPU of this process since the call. */
function cpu(): () => number {
  const began = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(began);
    return user + system;
  };
}

const perRecord = (micros: number, records: number): string => `${(micros / records).toFixed(1)} µs/record`;

function quantiles(times: number[]): string {
  const sorted = times.sort((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(2);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`;
}

await main();
