/**
 * How long searches take on a read model of many runs: for each of the searches that people and programs really make,
 * p50, p99 and the plan that Postgres chose. The runs are written by SQL, two task attempts each, with names, states and
 * correlation ids spread as in a busy installation: 200 definitions of very different frequency, 97 % completed, 30 days.
 *
 *     node test/dist/bench/search.js [--runs N] [--repeat N] [--plans]
 *
 * On a real Postgres: the one that DATABASE_URL names, else what the tests use.
 */
import { Parameters, readTaskSearch, readWorkflowSearch } from '@partitura/conductor-api';
import {
  migrate,
  openPostgres,
  type Database,
  type Parameter,
  type Queries,
  type Statement,
} from '@partitura/postgres';
import { ReadModel } from '@partitura/read-model';
import { createDatabase, startPostgres } from '@partitura/testing';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000000' },
    repeat: { type: 'string', default: '60' },
    plans: { type: 'boolean', default: false },
  },
});
const runs = Number(values.runs);
const repeat = Number(values.repeat);
const newest = 1_790_000_000_000;
const days = 30 * 86_400_000;

const generate = [
  `INSERT INTO archive.definition VALUES ('h', convert_to('{"workflow":{"name":"w","version":1,"tasks":[]}}', 'UTF8'))`,
  // A name's frequency falls with the square of its number.
  `INSERT INTO read_model.workflow
   SELECT md5(i::text)::uuid::text, i, i % 8, i, 'workflow_' || n, 1 + i % 3, 'h', s, at, at + 60000,
     CASE WHEN s IN ('RUNNING', 'PAUSED') THEN 0 ELSE at + 60000 END, 0,
     convert_to('{"order":"order-' || i || '","amount":' || i % 1000 || ',"customer":"c-' || i % 50000 || '"}', 'UTF8'),
     convert_to('{"ok":true,"receipt":"' || md5(i::text) || '"}', 'UTF8'), NULL, 'order-' || i, i % 10, NULL,
     CASE WHEN i % 20 = 0 THEN md5((i - 1)::text)::uuid::text END, NULL,
     CASE WHEN s IN ('FAILED', 'TERMINATED', 'TIMED_OUT') THEN 'reason number ' || i % 100 END,
     NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
   FROM (
     SELECT i, 1 + floor(power(((i * 7919::bigint) % 10007) / 10007.0, 3) * 200)::integer AS n,
       ${newest}::bigint - (${days} * (1 - i / ${runs}.0))::bigint AS at,
       CASE WHEN i > ${runs} - ${runs} / 200 THEN 'RUNNING'
         WHEN (i * 31) % 1000 < 15 THEN 'FAILED' WHEN (i * 31) % 1000 < 20 THEN 'TERMINATED'
         WHEN (i * 31) % 1000 < 22 THEN 'TIMED_OUT' WHEN (i * 31) % 1000 < 23 THEN 'PAUSED' ELSE 'COMPLETED' END AS s
     FROM generate_series(1::bigint, ${runs}) AS i
   ) AS run`,
  `INSERT INTO read_model.task
   SELECT w.workflow_id || '~0.1.' || k, w.partition, w.journal_offset, 'ref_' || k,
     CASE WHEN k = 1 THEN 'HTTP' ELSE 'task_' || w.name END, 'task_' || w.name, -1, k + 1, 0, 0,
     CASE WHEN w.status = 'RUNNING' AND k = 1 THEN 'SCHEDULED' WHEN w.status IN ('FAILED', 'TIMED_OUT') AND k = 1 THEN 'FAILED' ELSE 'COMPLETED' END,
     false, 1, w.create_time + k * 1000, w.create_time + k * 1000 + 50, w.end_time, w.create_time + 2000, 0, 0, 3600,
     w.input, w.output, NULL, w.reason, 'worker-' || w.start_index % 20, NULL, NULL, NULL
   FROM read_model.workflow AS w, generate_series(0, 1) AS k`,
  'VACUUM ANALYZE read_model.workflow',
  'VACUUM ANALYZE read_model.task',
];

interface Case {
  readonly what: string;
  readonly of: 'runs' | 'tasks' | 'runs by tasks';
  readonly query: Readonly<Record<string, string>>;
}
const lastDay = newest - 86_400_000;
const cases: readonly Case[] = [
  { what: 'everything, newest first', of: 'runs', query: {} },
  {
    what: 'console: a frequent type, a day',
    of: 'runs',
    query: {
      query: `workflowType IN (workflow_1) AND startTime>${lastDay} AND startTime<${newest}`,
      sort: 'startTime:DESC',
    },
  },
  {
    what: 'console: two types and states',
    of: 'runs',
    query: {
      query: 'workflowType IN (workflow_1,workflow_150) AND status IN (RUNNING,FAILED)',
      sort: 'startTime:DESC',
    },
  },
  { what: 'a rare type', of: 'runs', query: { query: "workflowType='workflow_200'" } },
  { what: 'failed runs', of: 'runs', query: { query: 'status=FAILED', sort: 'startTime:DESC' } },
  { what: 'failed runs of a rare type', of: 'runs', query: { query: 'status=FAILED AND workflowType=workflow_199' } },
  { what: 'a run by id', of: 'runs', query: { query: 'workflowId="{id}"' } },
  { what: 'a run by correlation id', of: 'runs', query: { query: "correlationId='order-{n}'" } },
  { what: 'children of a run', of: 'runs', query: { query: 'parentWorkflowId={id}' } },
  { what: 'a range of time', of: 'runs', query: { query: 'startTime BETWEEN {at} AND {until}' } },
  {
    what: 'either of two: OR, parentheses',
    of: 'runs',
    query: { query: '(status=FAILED OR status=TIMED_OUT) AND (workflowType=workflow_1 OR workflowType=workflow_2)' },
  },
  { what: 'free text: a correlation id', of: 'runs', query: { freeText: 'order-{n}' } },
  { what: 'free text: part of a reason', of: 'runs', query: { freeText: 'number 17', size: '20' } },
  { what: 'a word in the input, last day', of: 'runs', query: { query: `input=c-{m} AND startTime>${lastDay}` } },
  { what: 'the 100th page', of: 'runs', query: { start: '10000', size: '100' } },
  {
    what: 'tasks of a frequent type',
    of: 'tasks',
    query: { query: 'taskDefName=task_workflow_1', sort: 'startTime:DESC' },
  },
  { what: 'tasks of a rare type', of: 'tasks', query: { query: 'taskDefName=task_workflow_200' } },
  { what: 'failed tasks of a day', of: 'tasks', query: { query: `status=FAILED AND scheduledTime>${lastDay}` } },
  { what: 'tasks of a run', of: 'tasks', query: { query: 'workflowId={id}' } },
  { what: 'runs by a frequent task type', of: 'runs by tasks', query: { query: 'taskDefName=task_workflow_1' } },
  { what: 'runs by a task id', of: 'runs by tasks', query: { query: 'taskId="{id}~0.1.1"' } },
];

/** The same search with other values each time, so that no cache of values helps. */
async function valuesFor(database: Database, turn: number): Promise<(text: string) => string> {
  const n = 1 + ((turn * 104_729) % runs);
  const [row] = await database.rows<{ id: string; at: number }>(
    'SELECT workflow_id AS id, create_time AS at FROM read_model.workflow WHERE correlation_id = $1',
    [`order-${n}`],
  );
  const { id = '', at = 0 } = row ?? {};
  const named: Readonly<Record<string, string>> = {
    id,
    at: String(at),
    until: String(at + 3_600_000),
    n: String(n),
    m: String(n % 50_000),
  };
  return (text) => text.replaceAll(/\{(\w+)\}/g, (_, name: string) => named[name] ?? '');
}

/** Remembers what was sent last, to have it explained. */
class Overheard implements Database {
  readonly said: { readonly text: string; readonly values: readonly Parameter[] }[] = [];
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  snapshot<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return this.#database.snapshot((queries) =>
      work({
        rows: (statement, parameters = []) => {
          this.#hear(statement, parameters);
          return queries.rows(statement, parameters);
        },
        run: (statement, parameters) => queries.run(statement, parameters),
        insert: (insert, rows, options) => queries.insert(insert, rows, options),
      }),
    );
  }
  readTogether: Database['readTogether'] = (reads) => this.#database.readTogether(reads);
  rows: Database['rows'] = (statement, parameters) => this.#database.rows(statement, parameters);
  run: Database['run'] = (statement, parameters) => this.#database.run(statement, parameters);
  insert: Database['insert'] = (insert, rows, options) => this.#database.insert(insert, rows, options);
  transaction: Database['transaction'] = (work) => this.#database.transaction(work);
  listen: Database['listen'] = (channel, onMessage) => this.#database.listen(channel, onMessage);
  close = (): Promise<void> => this.#database.close();

  #hear(statement: Statement | string, parameters: readonly Parameter[]): void {
    if (typeof statement === 'string') this.said.push({ text: statement, values: parameters });
  }
}

async function measure(database: Database, overheard: Overheard, one: Case): Promise<void> {
  const readModel = new ReadModel(overheard);
  const times: number[] = [];
  let hits = 0;
  let refused: unknown;
  for (let turn = 0; turn < repeat; turn++) {
    const fill = await valuesFor(database, turn);
    const parameters = new Parameters(Object.fromEntries(Object.entries(one.query).map(([k, v]) => [k, fill(v)])));
    overheard.said.length = 0;
    const from = process.hrtime.bigint();
    try {
      const found =
        one.of === 'runs'
          ? await readModel.searchWorkflows(readWorkflowSearch(parameters))
          : one.of === 'tasks'
            ? await readModel.searchTasks(readTaskSearch(parameters))
            : await readModel.searchWorkflowsByTasks(readTaskSearch(parameters));
      hits = found.totalHits;
    } catch (error) {
      refused = error;
    }
    times.push(Number(process.hrtime.bigint() - from) / 1e6);
    if (refused !== undefined && turn >= 2) break;
  }
  times.sort((a, b) => a - b);
  const at = (part: number): string =>
    (times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0).toFixed(1);
  const note = refused === undefined ? `${hits} hits` : `refused: ${(refused as Error).message}`;
  console.log(
    `${one.of.padEnd(13)} ${one.what.padEnd(34)} p50 ${at(0.5).padStart(8)} ms  p99 ${at(0.99).padStart(8)} ms  ${note}`,
  );
  if (!values.plans) return;
  for (const { text, values: parameters } of overheard.said.filter(({ text: sql }) => sql.startsWith('SELECT'))) {
    const plan = await database.rows<Record<string, string>>(
      `EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) ${text}`,
      parameters,
    );
    console.log(plan.map((line) => `    ${Object.values(line)[0] ?? ''}`).join('\n'));
  }
}

const postgres = await startPostgres();
const fresh = await createDatabase(postgres.url, { name: 'search_bench' });
const database = openPostgres({ url: fresh.url, statementTimeoutMs: 0 });
try {
  await migrate(database);
  const from = Date.now();
  for (const statement of generate) await database.run(statement);
  const [size] = await database.rows<{ runs: string; tasks: string; indexes: string; version: string }>(
    `SELECT pg_size_pretty(pg_table_size('read_model.workflow')) AS runs,
       pg_size_pretty(pg_table_size('read_model.task')) AS tasks,
       pg_size_pretty(pg_indexes_size('read_model.workflow') + pg_indexes_size('read_model.task')) AS indexes,
       current_setting('server_version') AS version`,
  );
  console.log(
    `${runs} runs (${size?.runs ?? ''}), ${2 * runs} tasks (${size?.tasks ?? ''}), indexes ${size?.indexes ?? ''}, ` +
      `written in ${Math.round((Date.now() - from) / 1000)} s; Postgres ${size?.version ?? ''}; ${repeat} searches each`,
  );
  const overheard = new Overheard(database);
  for (const one of cases) await measure(database, overheard, one);
} finally {
  await database.close();
  await fresh.drop();
  await postgres.stop();
}
