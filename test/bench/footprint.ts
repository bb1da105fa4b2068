/**
 * What runs leave behind: bytes per task in each topic of a Kafka, and in each table of a Postgres with its indexes.
 * Ten SIMPLE tasks in sequence, or one NOOP task; nothing is trimmed or compressed meanwhile. What a larger
 * installation stores follows from it: see deploy/README.md.
 *
 *     node test/dist/bench/footprint.js [--runs N]
 */
import { openPostgres, type Database } from '@partitura/postgres';
import { createDatabase, startKafka, startPostgres } from '@partitura/testing';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Conductor } from './load/conductor.ts';
import { noop, sequence } from './load/definitions.ts';
import { closedLoop } from './load/loops.ts';
import { nativeWorkers } from './load/workers.ts';
import { MeasuredProcess } from './system/measured-process.ts';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '2000' } } });
const runs = Number(values.runs);
const namespace = 'footprint';
const type = 'bench_ten_task';

type Bytes = ReadonlyMap<string, number>;

/** By topic, partitions together; indexes of segments are allocated ahead and do not count. */
function topicBytes(dataDirectory: string): Bytes {
  const sizes = new Map<string, number>();
  for (const entry of readdirSync(dataDirectory, { withFileTypes: true, recursive: true })) {
    const [, topic] = /([^/]+)-\d+$/.exec(entry.parentPath) ?? [];
    if (!entry.name.endsWith('.log') || topic?.startsWith(`${namespace}.`) !== true) continue;
    sizes.set(topic, (sizes.get(topic) ?? 0) + statSync(join(entry.parentPath, entry.name)).size);
  }
  return sizes;
}

async function tableBytes(database: Database): Promise<Bytes> {
  const rows = await database.rows<{ name: string; bytes: number }>(
    `SELECT schemaname || '.' || relname AS name, pg_total_relation_size(relid) AS bytes
     FROM pg_stat_user_tables WHERE schemaname IN ('read_model', 'archive')`,
  );
  return new Map(rows.map(({ name, bytes }) => [name, bytes]));
}

function printed(title: string, before: Bytes, after: Bytes, count: number): void {
  console.log(title);
  let total = 0;
  const lines = [...after].map(([name, bytes]) => [name, (bytes - (before.get(name) ?? 0)) / count] as const);
  for (const [name, bytes] of lines.sort(([, a], [, b]) => b - a)) {
    total += bytes;
    if (bytes >= 0.5) console.log(`  ${name.padEnd(34)} ${bytes.toFixed(0).padStart(7)}`);
  }
  console.log(`  ${'together'.padEnd(34)} ${total.toFixed(0).padStart(7)}`);
}

const dataDirectory = mkdtempSync(join(tmpdir(), 'partitura-footprint-'));
const [kafka, postgres] = [await startKafka({ ownOnly: true, dataDirectory }), await startPostgres()];
const database = await createDatabase(postgres.url, { name: 'footprint' });
const settings = {
  PARTITURA_LOG: 'kafka',
  PARTITURA_KAFKA_BROKERS: kafka.brokers.join(','),
  PARTITURA_NAMESPACE: namespace,
  DATABASE_URL: database.url,
};
const { process: server, url } = await MeasuredProcess.start('server', settings);
const conductor = new Conductor(`${url}/api`);
const queries = openPostgres({ url: database.url });
try {
  await conductor.register([sequence('ten', type, 10), noop('one')], [type]);
  const workers = await nativeWorkers({ brokers: kafka.brokers, namespace }, [type]);
  await conductor.execute('ten', { n: 0 });
  for (const [name, tasks] of [
    ['ten', 10],
    ['one', 1],
  ] as const) {
    const before = { topics: topicBytes(dataDirectory), tables: await tableBytes(queries) };
    await closedLoop(runs, 64, (n) => conductor.execute(name, { n }));
    await projected(name, runs);
    const unit = tasks === 1 ? 'workflow' : 'task';
    console.log(`\n${runs} workflows of ${tasks} task${tasks === 1 ? '' : 's'}: bytes per ${unit}`);
    printed('Kafka', before.topics, topicBytes(dataDirectory), runs * tasks);
    printed('Postgres, with indexes', before.tables, await tableBytes(queries), runs * tasks);
  }
  await workers.close();
} finally {
  conductor.close();
  await queries.close();
  await server.stop();
  await database.drop();
  await Promise.all([kafka.stop(), postgres.stop()]);
  rmSync(dataDirectory, { recursive: true, force: true });
}

/** Until the read model knows all of them. */
async function projected(name: string, count: number): Promise<void> {
  for (;;) {
    const [found] = await queries.rows<{ n: number }>(
      `SELECT count(*) AS n FROM read_model.workflow WHERE name = $1 AND status = 'COMPLETED'`,
      [name],
    );
    if ((found?.n ?? 0) >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
