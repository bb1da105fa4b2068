import { createDatabase, startKafka, startPostgres } from '@partitura/testing';
import kafkajs from 'kafkajs';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpuMicrosOfTrees, MeasuredProcess } from './measured-process.ts';
import { warmBroker } from './warm-broker.ts';

export interface SystemUnderTest {
  /** For people: what runs, and what an acknowledgement is worth. */
  readonly title: string;
  readonly kind: 'embedded' | 'kafka' | 'external';
  /** Address of the API, with its path. */
  readonly api: string;
  /** Of the product; none of a server that somebody else started. */
  readonly processes: readonly MeasuredProcess[];
  /** What the product stands on, as far as this machine shows it: CPU used so far in µs, by name. */
  readonly beneath: Readonly<Record<string, () => number>>;
  /** For native workers; undefined on the embedded log, which only its own process can reach. */
  readonly kafka: { readonly brokers: readonly string[]; readonly namespace: string } | undefined;
  /** Stops the deciders, starts them again, and gives what they said about restoring. */
  restore(): Promise<{ readonly bytes: number; readonly seconds: number }>;
  close(): Promise<void>;
}

const restored = /"bytes":(\d+),"tookMs":(\d+),"msg":"restored"/g;

function saidRestored(output: string): { bytes: number; seconds: number } {
  let bytes = 0;
  let seconds = 0;
  for (const [, size, ms] of output.matchAll(restored)) {
    bytes += Number(size);
    // Partitions of one process are restored side by side: the longest took all the time that there was.
    seconds = Math.max(seconds, Number(ms) / 1000);
  }
  return { bytes, seconds };
}

const everyRole = 'api,decider,projector,system-worker';
const withoutReadModel = 'api,decider,system-worker';

/** Everything in one process, durable, on a fresh directory. */
export async function startEmbedded(options: { readonly readModel: boolean }): Promise<SystemUnderTest> {
  const dataDir = mkdtempSync(join(tmpdir(), 'partitura-bench-'));
  const remove = (): void => rmSync(dataDir, { recursive: true, force: true });
  process.once('exit', remove);
  const settings = {
    PARTITURA_DATA_DIR: dataDir,
    PARTITURA_ROLES: options.readModel ? everyRole : withoutReadModel,
    ...databaseOfEnvironment(),
  };
  let { process: server, url } = await MeasuredProcess.start('server', settings);
  const processes = [server];
  return {
    title: `embedded, fsync before every acknowledgement, read model ${options.readModel ? 'on' : 'off'}`,
    kind: 'embedded',
    get api() {
      return `${url}/api`;
    },
    processes,
    beneath: {},
    kafka: undefined,
    async restore() {
      await server.stop('SIGKILL');
      ({ process: server, url } = await MeasuredProcess.start('server', settings));
      processes[0] = server;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      return saidRestored(server.output);
    },
    async close() {
      await server.stop();
      remove();
    },
  };
}

/** History runs want a real Postgres beneath the embedded log too. */
function databaseOfEnvironment(): Readonly<Record<string, string>> {
  const url = process.env['DATABASE_URL'];
  return url === undefined ? {} : { DATABASE_URL: url };
}

export interface KafkaSystemOptions {
  readonly readModel: boolean;
  /** The broker has every batch on its disk before it acknowledges; default: in the page cache, as Kafka does. */
  readonly flushed: boolean;
  readonly deciders: number;
  readonly partitions: number | undefined;
}

/** A process per role on a real Kafka and a real Postgres. */
export async function startOnKafka(options: KafkaSystemOptions): Promise<SystemUnderTest> {
  const [kafka, postgres] = [await startKafka({ tunedFor: 'work' }), await startPostgres()];
  if (kafka.nodes.length > 0) await warmBroker(kafka.brokers);
  const database = await createDatabase(postgres.url, { name: 'bench' });
  const namespace = `bench-${randomBytes(4).toString('hex')}`;
  const settings = {
    PARTITURA_LOG: 'kafka',
    PARTITURA_KAFKA_BROKERS: kafka.brokers.join(','),
    PARTITURA_NAMESPACE: namespace,
    DATABASE_URL: database.url,
    ...(options.partitions !== undefined && { PARTITURA_PARTITIONS: String(options.partitions) }),
  };
  const processes: MeasuredProcess[] = [];
  const start = async (role: string): Promise<string> => {
    const { process: started, url } = await MeasuredProcess.start(role, { ...settings, PARTITURA_ROLES: role });
    processes.push(started);
    return url;
  };
  const api = await start('api');
  for (let i = 0; i < options.deciders; i++) await start('decider');
  for (const role of options.readModel ? ['projector', 'system-worker'] : ['system-worker']) await start(role);
  if (options.flushed) await flushEveryBatch(kafka.brokers, namespace);
  return {
    title: [
      `Kafka (${options.flushed ? 'fsync before every acknowledgement' : 'acknowledged in the page cache'})`,
      `${options.deciders} decider${options.deciders === 1 ? '' : 's'}`,
      `read model ${options.readModel ? 'on' : 'off'}`,
    ].join(', '),
    kind: 'kafka',
    api: `${api}/api`,
    processes,
    beneath: {
      broker: () => cpuMicrosOfTrees(kafka.processIds()),
      Postgres: () => cpuMicrosOfTrees(postgres.pid === undefined ? [] : [postgres.pid]),
    },
    kafka: { brokers: kafka.brokers, namespace },
    async restore() {
      const at = processes.findIndex(({ name }) => name === 'decider');
      await processes[at]?.stop();
      const { process: again } = await MeasuredProcess.start('decider', { ...settings, PARTITURA_ROLES: 'decider' });
      processes[at] = again;
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      return saidRestored(again.output);
    },
    async close() {
      await Promise.all(processes.map((process) => process.stop()));
      await database.drop();
      await Promise.all([kafka.stop(), postgres.stop()]);
    },
  };
}

/** A server that somebody else started, this product or another with Conductor's REST. */
export function external(api: string): SystemUnderTest {
  return {
    title: `${api} (started elsewhere)`,
    kind: 'external',
    api,
    processes: [],
    beneath: {},
    kafka: undefined,
    restore: () => Promise.resolve({ bytes: 0, seconds: 0 }),
    close: () => Promise.resolve(),
  };
}

/** For what is measured without any server. */
export const noSystem: SystemUnderTest = { ...external('http://127.0.0.1'), title: 'in this process, on one core' };

async function flushEveryBatch(brokers: readonly string[], namespace: string): Promise<void> {
  const admin = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.ERROR }).admin();
  await admin.connect();
  const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(`${namespace}.`));
  await admin.alterConfigs({
    validateOnly: false,
    resources: topics.map((name) => ({
      type: kafkajs.ConfigResourceTypes.TOPIC,
      name,
      configEntries: [{ name: 'flush.messages', value: '1' }],
    })),
  });
  await admin.disconnect();
}
