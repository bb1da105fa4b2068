import {
  bigintArray,
  booleanArray,
  byteaArray,
  integerArray,
  statement,
  textArray,
  type Queries,
} from '@partitura/postgres';
import { payloadColumn } from '../payload-column.ts';
import type { Placed } from '../projection/placed.ts';
import { taskColumns as column, type TaskChange } from './task-change.ts';

type PlacedTask = Placed<TaskChange>;

/** Makes and changes rows of `read_model.task`, one statement each however many there are. */
export async function writeTasks(queries: Queries, changes: readonly PlacedTask[]): Promise<void> {
  const scheduled = changes.filter(({ change }) => change.scheduled !== undefined);
  const changed = changes.filter(({ change }) => change.scheduled === undefined);
  if (scheduled.length > 0) await insert(queries, scheduled);
  if (changed.length > 0) await update(queries, changed);
}

/** Task ids are fresh by construction; a second row under one id is a defect that must not stop everything else. */
const insertRows = statement(
  'task_insert',
  `INSERT INTO read_model.task (
     task_id, partition, journal_offset, reference_name, task_type, task_def_name, node, seq, attempt, iteration,
     status, retried, poll_count, scheduled_time, start_time, end_time, update_time, start_delay_seconds,
     callback_after_seconds, response_timeout_seconds, input, output, retried_task_id, reason, worker_id, domain,
     sub_workflow_id, workflow_task)
   SELECT * FROM unnest(
     $1::text[], $2::integer[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::integer[], $8::integer[],
     $9::integer[], $10::integer[], $11::text[], $12::boolean[], $13::integer[], $14::bigint[], $15::bigint[],
     $16::bigint[], $17::bigint[], $18::integer[], $19::bigint[], $20::bigint[], $21::bytea[], $22::bytea[],
     $23::text[], $24::text[], $25::text[], $26::text[], $27::text[], $28::bytea[])
   ON CONFLICT (task_id) DO NOTHING`,
);

async function insert(queries: Queries, placed: readonly PlacedTask[]): Promise<void> {
  const rows = placed.map(({ partition, change }) => ({ partition, change, event: schedulingOf(change) }));
  type Row = (typeof rows)[number];
  const texts = (of: (row: Row) => string | undefined): Uint8Array => textArray(rows.map(of));
  const integers = (of: (row: Row) => number): Uint8Array => integerArray(rows.map(of));
  const bigints = (of: (row: Row) => number): Uint8Array => bigintArray(rows.map(of));
  await queries.run(insertRows, [
    texts(({ change }) => change.taskId),
    integers(({ partition }) => partition),
    bigints(({ change }) => change.journalOffset),
    texts(({ event }) => event.referenceName),
    texts(({ event }) => event.taskType),
    texts(({ event }) => event.taskDefName),
    integers(({ event }) => event.node),
    integers(({ event }) => event.seq),
    integers(({ change }) => change.attempt),
    integers(({ event }) => event.iteration),
    texts(({ change }) => change.status),
    booleanArray(rows.map(({ change }) => change.retried)),
    integers(({ change }) => change.polls),
    bigints(({ change }) => change.scheduledTime),
    bigints(({ change }) => change.startTime),
    bigints(({ change }) => change.endTime),
    bigints(({ change }) => change.updateTime),
    integers(({ event }) => event.startDelaySeconds),
    bigints(({ change }) => change.callbackAfterSeconds),
    bigints(({ event }) => Math.ceil(event.limits.responseTimeoutMs / 1000)),
    byteaArray(rows.map(({ event }) => payloadColumn(event.input))),
    byteaArray(rows.map(({ change }) => change.output)),
    texts(({ event }) => event.retriedTaskId),
    texts(({ change }) => change.reason),
    texts(({ change }) => change.workerId),
    texts(({ event }) => event.queue?.domain),
    texts(({ event }) => event.child?.workflowId),
    byteaArray(rows.map(({ event }) => event.workflowTask?.bytes)),
  ]);
}

const updateRows = statement(
  'task_update',
  `UPDATE read_model.task AS t SET
     journal_offset = c.journal_offset,
     poll_count = t.poll_count + c.polls,
     start_time = CASE WHEN t.start_time = 0 THEN c.start_time ELSE t.start_time END,
     status = CASE WHEN c.changed & ${column.status} <> 0 THEN c.status ELSE t.status END,
     output = CASE WHEN c.changed & ${column.output} <> 0 THEN c.output ELSE t.output END,
     reason = CASE WHEN c.changed & ${column.reason} <> 0 THEN c.reason ELSE t.reason END,
     worker_id = CASE WHEN c.changed & ${column.workerId} <> 0 THEN c.worker_id ELSE t.worker_id END,
     end_time = CASE WHEN c.changed & ${column.endTime} <> 0 THEN c.end_time ELSE t.end_time END,
     update_time = CASE WHEN c.changed & ${column.updateTime} <> 0 THEN c.update_time ELSE t.update_time END,
     callback_after_seconds =
       CASE WHEN c.changed & ${column.callback} <> 0 THEN c.callback_after_seconds ELSE t.callback_after_seconds END,
     attempt = CASE WHEN c.changed & ${column.attempt} <> 0 THEN c.attempt ELSE t.attempt END,
     retried = t.retried OR c.changed & ${column.retried} <> 0
   FROM unnest(
     $1::text[], $2::integer[], $3::bigint[], $4::integer[], $5::bigint[], $6::text[], $7::bytea[], $8::text[],
     $9::text[], $10::bigint[], $11::bigint[], $12::bigint[], $13::integer[]
   ) AS c (task_id, changed, journal_offset, polls, start_time, status, output, reason, worker_id, end_time,
     update_time, callback_after_seconds, attempt)
   WHERE t.task_id = c.task_id`,
);

async function update(queries: Queries, placed: readonly PlacedTask[]): Promise<void> {
  const changes = placed.map(({ change }) => change);
  const texts = (of: (change: TaskChange) => string | undefined): Uint8Array => textArray(changes.map(of));
  const integers = (of: (change: TaskChange) => number): Uint8Array => integerArray(changes.map(of));
  const bigints = (of: (change: TaskChange) => number): Uint8Array => bigintArray(changes.map(of));
  await queries.run(updateRows, [
    texts((change) => change.taskId),
    integers((change) => change.changed),
    bigints((change) => change.journalOffset),
    integers((change) => change.polls),
    bigints((change) => change.startTime),
    texts((change) => change.status),
    byteaArray(changes.map((change) => change.output)),
    texts((change) => change.reason),
    texts((change) => change.workerId),
    bigints((change) => change.endTime),
    bigints((change) => change.updateTime),
    bigints((change) => change.callbackAfterSeconds),
    integers((change) => change.attempt),
  ]);
}

function schedulingOf(change: TaskChange): NonNullable<TaskChange['scheduled']> {
  if (change.scheduled === undefined) throw new TypeError('only rows that begin here are inserted');
  return change.scheduled;
}
