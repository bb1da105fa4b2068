/**
 * What it costs to take the journal into the read model, per task of a workflow of ten SIMPLE tasks: CPU of this process
 * (decode, fold, encode) and, on a server, of the backend of Postgres.
 *
 *     node test/dist/bench/projection.js [--embedded [--disk]] [--workflows N] [--concurrency N] [--batch RECORDS]
 *
 * CPU is the figure to compare; elapsed time of a busy machine is not. The embedded database's CPU is this process's.
 * The first quarter warms up and is not counted. `--disk`: the embedded database is in a directory, as in use.
 */
import {
  commandId,
  Payload,
  taskIdOf,
  workflowId,
  type Decided,
  type DomainEvent,
  type TaskId,
  type WorkflowId,
} from '@partitura/model';
import { migrate, openEmbeddedDatabase, openPostgres, type Database } from '@partitura/postgres';
import { openPosition, PartitionChanges, writeChanges, type ProjectionPosition } from '@partitura/read-model';
import { createDatabase, startPostgres } from '@partitura/testing';
import { journalCodec } from '@partitura/wire';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    embedded: { type: 'boolean', default: false },
    disk: { type: 'boolean', default: false },
    workflows: { type: 'string', default: '4000' },
    concurrency: { type: 'string', default: '100' },
    batch: { type: 'string', default: '4000' },
  },
});
const workflows = Number(values.workflows);
const tasks = workflows * 10;

interface JournalValue {
  readonly index: number;
  readonly value: Uint8Array;
}

/** The entries that so many workflows write while so many of them run at a time. */
function writeJournal(concurrency: number): readonly JournalValue[] {
  const journal: JournalValue[] = [];
  const write = (aggregate: WorkflowId, version: number, events: readonly DomainEvent[]): void => {
    const index = journal.length;
    const entry: Decided = {
      kind: 'decision',
      epoch: 0,
      index,
      effectsDone: index - 1,
      at: 1_700_000_000_000 + index,
      aggregate,
      version,
      cause: { kind: 'command', commandId: commandId(`command-${index}`), offset: index },
      outcome: { kind: 'accepted' },
      events,
    };
    journal.push({ index, value: journalCodec.encode(entry) });
  };
  let running: Iterator<undefined>[] = [];
  for (let next = 0; next < workflows || running.length > 0;) {
    while (running.length < concurrency && next < workflows) running.push(life(next++, () => journal.length, write));
    running = running.filter((run) => run.next().done !== true);
  }
  return journal;
}

const input = Payload.of({ orderId: 'o-12345', amount: 17.5, customer: { name: 'Ann', city: 'Berlin' } });

/** Start, then poll and result of ten tasks, one entry at a time. */
function* life(
  number: number,
  nextIndex: () => number,
  write: (id: WorkflowId, version: number, events: readonly DomainEvent[]) => void,
): Generator<undefined> {
  const id = workflowId(`run-${(number * 7_919).toString(36).padStart(10, '0')}-${number}`);
  const startIndex = nextIndex();
  let version = 1;
  let taskId = taskIdOf({ workflowId: id, startIndex, version, ordinal: 0 });
  const definition = number === 0 ? { definition: Payload.of({ name: 'ten', tasks: [] }) } : {};
  write(id, version, [
    {
      type: 'WorkflowStarted',
      name: 'ten',
      version: 1,
      definitionHash: 'ten',
      ...definition,
      input,
      variables: Payload.empty,
      correlationId: `order-${number}`,
      priority: 0,
      taskToDomain: {},
      timeoutAt: 0,
    },
    ...schedule(taskId, 0),
  ]);
  yield;
  for (let step = 0; step < 10; step++) {
    write(id, ++version, [{ type: 'TaskPolled', taskId, dispatch: 1, workerId: 'worker' }]);
    yield;
    version += 1;
    const ended = {
      type: 'TaskEnded',
      taskId,
      status: 'COMPLETED',
      output: Payload.of({ ok: true, step }),
      workerId: 'worker',
      retried: false,
    } as const;
    taskId = taskIdOf({ workflowId: id, startIndex, version, ordinal: 0 });
    write(id, version, [ended, ...(step < 9 ? schedule(taskId, step + 1) : [end])]);
    yield;
  }
}

const end: DomainEvent = {
  type: 'WorkflowEnded',
  status: 'COMPLETED',
  output: Payload.of({ done: true }),
  failedReferenceTaskNames: [],
  failedTaskNames: [],
};

function schedule(taskId: TaskId, step: number): readonly DomainEvent[] {
  return [
    {
      type: 'TaskScheduled',
      taskId,
      referenceName: `step_${step}_ref`,
      node: step,
      taskType: `step_${step}`,
      taskDefName: `step_${step}`,
      seq: step + 1,
      attempt: 0,
      iteration: 0,
      status: 'SCHEDULED',
      input,
      queue: { type: `step_${step}` },
      dueAt: 0,
      startDelaySeconds: 0,
      limits: {
        timeoutMs: 0,
        timeoutPolicy: 'TIME_OUT_WF',
        responseTimeoutMs: 3_600_000,
        pollTimeoutMs: 0,
        totalTimeoutMs: 0,
      },
      firstScheduledAt: 0,
    },
    { type: 'TaskDispatched', taskId, dispatch: 1 },
  ];
}

async function project(database: Database, journal: readonly JournalValue[], batch: number): Promise<void> {
  let from: ProjectionPosition = await openPosition(database, 0);
  for (let begin = 0; begin < journal.length; begin += batch) {
    const changes = new PartitionChanges();
    let next = begin;
    for (const { index, value } of journal.slice(begin, begin + batch)) {
      const record = journalCodec.decode(value);
      if (record.kind === 'decision') changes.apply(record, index, value);
      next = index + 1;
    }
    const to = { offset: next, admission: { epoch: 0, token: 'bench', next }, lastAppendTime: 1 };
    await writeChanges(database, [{ partition: 0, from, to, changes }]);
    from = to;
  }
}

/** CPU of local backends of Postgres so far, µs; a clock tick is 10 ms. */
function backendMicros(pids: readonly number[]): number {
  let sum = 0;
  for (const pid of pids) {
    if (!existsSync(`/proc/${pid}/stat`)) continue;
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    sum += (Number(fields[11]) + Number(fields[12])) * 10_000;
  }
  return sum;
}

async function openServer(): Promise<{ readonly database: Database; readonly close: () => Promise<void> }> {
  const postgres = await startPostgres({ progress: console.log });
  const fresh = await createDatabase(postgres.url, { name: 'bench' });
  const database = openPostgres({ url: fresh.url, connectionsMax: 1 });
  return {
    database,
    close: async () => {
      await database.close();
      await fresh.drop();
      await postgres.stop();
    },
  };
}

async function openEmbedded(): Promise<{ readonly database: Database; readonly close: () => Promise<void> }> {
  const directory = values.disk ? mkdtempSync(join(tmpdir(), 'partitura-projection-')) : undefined;
  const database = await openEmbeddedDatabase(directory === undefined ? {} : { directory });
  return {
    database,
    close: async () => {
      await database.close();
      if (directory !== undefined) rmSync(directory, { recursive: true });
    },
  };
}

async function main(): Promise<void> {
  const { database, close } = await (values.embedded ? openEmbedded() : openServer());
  await migrate(database);
  const journal = writeJournal(Number(values.concurrency));
  const batch = Number(values.batch);
  const warmUp = Math.floor(journal.length / 4 / batch) * batch;
  const counted = tasks * (1 - warmUp / journal.length);
  const pids = (await database.rows<{ pid: number }>('SELECT pg_backend_pid() AS pid')).map(({ pid }) => pid);
  await project(database, journal.slice(0, warmUp), batch);
  const backendBefore = backendMicros(pids);
  const before = process.cpuUsage();
  const began = performance.now();
  await project(database, journal.slice(warmUp), batch);
  const used = process.cpuUsage(before);
  const elapsedMs = performance.now() - began;
  const perTask = (micros: number): string => `${(micros / counted).toFixed(1)} µs`;
  console.log(`${tasks} tasks, ${journal.length} records, ${batch} per transaction`);
  console.log(`CPU of this process per task      ${perTask(used.user + used.system)}`);
  if (!values.embedded)
    console.log(`CPU of Postgres' backend per task ${perTask(backendMicros(pids) - backendBefore)}`);
  console.log(`tasks per second                  ${Math.round((counted / elapsedMs) * 1_000)}`);
  await close();
}

await main();
