import type { TaskScheduled } from '@partitura/model';
import {
  bigint,
  bigintArray,
  boolean,
  bytea,
  byteaArray,
  defineInsert,
  integer,
  integerArray,
  statement,
  text,
  textArray,
  type Queries,
} from '@partitura/postgres';
import { payloadColumn } from '../payload-column.ts';
import type { Placed } from '../projection/placed.ts';
import { taskColumns as column, type TaskChange } from './task-change.ts';

type PlacedTask = Placed<TaskChange>;

/** Makes and changes rows of `read_model.task`, one statement each however many there are. */
export async function writeTasks(
  queries: Queries,
  changes: readonly PlacedTask[],
  options?: { readonly tolerant?: boolean },
): Promise<void> {
  const scheduled: ScheduledTask[] = [];
  const changed: PlacedTask[] = [];
  for (const placed of changes) {
    const event = placed.change.scheduled;
    if (event === undefined) changed.push(placed);
    else scheduled.push({ partition: placed.partition, change: placed.change, event });
  }
  await Promise.all([
    queries.insert(scheduledTasks, scheduled, options),
    reset(queries, changed),
    changed.length > 0 ? update(queries, changed) : undefined,
  ]);
}

interface ScheduledTask {
  readonly partition: number;
  readonly change: TaskChange;
  readonly event: TaskScheduled;
}

const scheduledTasks = defineInsert<ScheduledTask>('read_model.task', [
  text('task_id', ({ change }) => change.taskId),
  integer('partition', ({ partition }) => partition),
  bigint('journal_offset', ({ change }) => change.journalOffset),
  text('reference_name', ({ event }) => event.referenceName),
  text('task_type', ({ event }) => event.taskType),
  text('task_def_name', ({ event }) => event.taskDefName),
  integer('node', ({ event }) => event.node),
  integer('seq', ({ event }) => event.seq),
  integer('attempt', ({ change }) => change.attempt),
  integer('iteration', ({ event }) => event.iteration),
  text('status', ({ change }) => change.status),
  boolean('retried', ({ change }) => change.retried),
  integer('poll_count', ({ change }) => change.polls),
  bigint('scheduled_time', ({ change }) => change.scheduledTime),
  bigint('start_time', ({ change }) => change.startTime),
  bigint('end_time', ({ change }) => change.endTime),
  bigint('update_time', ({ change }) => change.updateTime),
  integer('start_delay_seconds', ({ event }) => event.startDelaySeconds),
  bigint('callback_after_seconds', ({ change }) => change.callbackAfterSeconds),
  bigint('response_timeout_seconds', ({ event }) => Math.ceil(event.limits.responseTimeoutMs / 1000)),
  bytea('input', ({ event }) => payloadColumn(event.input)),
  bytea('output', ({ change }) => change.output),
  text('retried_task_id', ({ event }) => event.retriedTaskId),
  text('reason', ({ change }) => change.reason),
  text('worker_id', ({ change }) => change.workerId),
  text('domain', ({ event }) => event.queue?.domain),
  text('sub_workflow_id', ({ event }) => event.child?.workflowId),
  bytea('workflow_task', ({ event }) => event.workflowTask?.bytes),
]);

const resetRows = statement(
  'task_reset',
  `UPDATE read_model.task AS t SET
     input = c.input, sub_workflow_id = coalesce(c.sub_workflow_id, t.sub_workflow_id),
     domain = coalesce(c.domain, t.domain), scheduled_time = c.at, start_time = 0, poll_count = 0, retried = false
   FROM unnest($1::text[], $2::bytea[], $3::text[], $4::text[], $5::bigint[])
     AS c (task_id, input, sub_workflow_id, domain, at)
   WHERE t.task_id = c.task_id`,
);

/** Attempts that run again under their old ids. */
async function reset(queries: Queries, changed: readonly PlacedTask[]): Promise<void> {
  const rows = changed.flatMap(({ change: { taskId, reran } }) => (reran === undefined ? [] : [{ taskId, ...reran }]));
  if (rows.length === 0) return;
  await queries.run(resetRows, [
    textArray(rows.map(({ taskId }) => taskId)),
    byteaArray(rows.map(({ input }) => payloadColumn(input))),
    textArray(rows.map(({ childId }) => childId)),
    textArray(rows.map(({ domain }) => domain)),
    bigintArray(rows.map(({ at }) => at)),
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
