import { bigintArray, integerArray, byteaArray, statement, textArray, type Queries } from '@partitura/postgres';
import { Payload } from '@partitura/model';
import { indexedText, mapColumn, payloadColumn, payloadOf } from '../payload-column.ts';
import type { Placed } from '../projection/placed.ts';
import { workflowColumns as column, type WorkflowChange } from './workflow-change.ts';

type PlacedWorkflow = Placed<WorkflowChange>;

/** Makes and changes rows of `read_model.workflow`, one statement each however many there are. */
export async function writeWorkflows(queries: Queries, changes: readonly PlacedWorkflow[]): Promise<void> {
  const started = changes.filter(({ change }) => change.started !== undefined);
  const changed = changes.filter(({ change }) => change.started === undefined);
  await Promise.all([
    started.length > 0 ? insert(queries, started) : undefined,
    replace(queries, changed),
    changed.length > 0 ? update(queries, changed) : undefined,
  ]);
}

const insertRows = statement(
  'workflow_insert',
  `INSERT INTO read_model.workflow AS w (
     workflow_id, start_index, partition, journal_offset, name, version, definition_hash, status,
     create_time, update_time, end_time, last_retried_time, input, output, variables, correlation_id, priority,
     task_to_domain, parent_workflow_id, parent_task_id, reason, failed_task_id, failed_reference_names,
     failed_task_names, event, created_by, idempotency_key, external_input_path, quarantined_because)
   SELECT * FROM unnest(
     $1::text[], $2::bigint[], $3::integer[], $4::bigint[], $5::text[], $6::integer[], $7::text[], $8::text[],
     $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bytea[], $14::bytea[], $15::bytea[], $16::text[],
     $17::integer[], $18::text[], $19::text[], $20::text[], $21::text[], $22::text[], $23::text[], $24::text[],
     $25::text[], $26::text[], $27::text[], $28::text[], $29::text[])
   ON CONFLICT (workflow_id) DO UPDATE SET (
     start_index, partition, journal_offset, name, version, definition_hash, status, create_time, update_time,
     end_time, last_retried_time, input, output, variables, correlation_id, priority, task_to_domain,
     parent_workflow_id, parent_task_id, reason, failed_task_id, failed_reference_names, failed_task_names, event,
     created_by, idempotency_key, external_input_path, quarantined_because
   ) = (
     excluded.start_index, excluded.partition, excluded.journal_offset, excluded.name, excluded.version,
     excluded.definition_hash, excluded.status, excluded.create_time, excluded.update_time, excluded.end_time,
     excluded.last_retried_time, excluded.input, excluded.output, excluded.variables, excluded.correlation_id,
     excluded.priority, excluded.task_to_domain, excluded.parent_workflow_id, excluded.parent_task_id, excluded.reason,
     excluded.failed_task_id, excluded.failed_reference_names, excluded.failed_task_names, excluded.event,
     excluded.created_by, excluded.idempotency_key, excluded.external_input_path, excluded.quarantined_because)`,
);

async function insert(queries: Queries, placed: readonly PlacedWorkflow[]): Promise<void> {
  const rows = placed.map(({ partition, change }) => ({ partition, change, start: startOf(change) }));
  const texts = (of: (row: (typeof rows)[number]) => string | undefined): Uint8Array => textArray(rows.map(of));
  const times = (of: (change: WorkflowChange) => number): Uint8Array =>
    bigintArray(rows.map(({ change }) => of(change)));
  await queries.run(insertRows, [
    texts(({ change }) => change.workflowId),
    times((change) => change.startIndex),
    integerArray(rows.map(({ partition }) => partition)),
    times((change) => change.journalOffset),
    texts(({ start }) => indexedText(start.name)),
    integerArray(rows.map(({ start }) => start.version)),
    texts(({ start }) => start.definitionHash),
    texts(({ change }) => change.status),
    times((change) => change.createTime),
    times((change) => change.updateTime),
    times((change) => change.endTime),
    times((change) => change.lastRetriedTime),
    byteaArray(rows.map(({ start }) => payloadColumn(start.input))),
    byteaArray(rows.map(({ change }) => change.output)),
    byteaArray(rows.map(({ change, start }) => payloadColumn(change.mergedVariables(start.variables)))),
    texts(({ start }) => start.correlationId),
    integerArray(rows.map(({ start }) => start.priority)),
    texts(({ start }) => mapColumn(start.taskToDomain)),
    texts(({ start }) => start.parent?.workflowId),
    texts(({ start }) => start.parent?.taskId),
    texts(({ change }) => change.reason),
    texts(({ change }) => change.failedTaskId),
    texts(({ change }) => change.failedReferenceNames),
    texts(({ change }) => change.failedTaskNames),
    texts(({ start }) => start.event),
    texts(({ start }) => start.createdBy),
    texts(({ start }) => start.idempotencyKey),
    texts(({ start }) => start.externalInputPayloadStoragePath),
    texts(({ change }) => change.quarantinedBecause),
  ]);
}

const replaceRows = statement(
  'workflow_replace',
  `UPDATE read_model.workflow AS w SET
     version = CASE WHEN c.parts & 4 <> 0 THEN c.version ELSE w.version END,
     definition_hash = coalesce(c.definition_hash, w.definition_hash),
     create_time = CASE WHEN c.parts & 4 <> 0 THEN c.create_time ELSE w.create_time END,
     correlation_id = coalesce(c.correlation_id, w.correlation_id),
     input = CASE WHEN c.parts & 1 <> 0 THEN c.input ELSE w.input END,
     variables = CASE WHEN c.parts & 2 <> 0 THEN c.variables ELSE w.variables END
   FROM unnest($1::text[], $2::integer[], $3::integer[], $4::text[], $5::bigint[], $6::text[], $7::bytea[], $8::bytea[])
     AS c (workflow_id, parts, version, definition_hash, create_time, correlation_id, input, variables)
   WHERE w.workflow_id = c.workflow_id`,
);

/** Runs that begin again, or go on from an earlier point. */
async function replace(queries: Queries, changed: readonly PlacedWorkflow[]): Promise<void> {
  const rows = changed.flatMap(({ change: { workflowId, replaced } }) =>
    replaced === undefined ? [] : [{ workflowId, ...replaced }],
  );
  if (rows.length === 0) return;
  await queries.run(replaceRows, [
    textArray(rows.map(({ workflowId }) => workflowId)),
    integerArray(
      rows.map(
        ({ input, variables, version }) => (input ? 1 : 0) | (variables ? 2 : 0) | (version === undefined ? 0 : 4),
      ),
    ),
    integerArray(rows.map(({ version = 0 }) => version)),
    textArray(rows.map(({ definitionHash }) => definitionHash)),
    bigintArray(rows.map(({ createTime = 0 }) => createTime)),
    textArray(rows.map(({ correlationId }) => correlationId)),
    byteaArray(rows.map(({ input }) => input && payloadColumn(input))),
    byteaArray(rows.map(({ variables }) => variables && payloadColumn(variables))),
  ]);
}

const updateRows = statement(
  'workflow_update',
  `UPDATE read_model.workflow AS w SET
     journal_offset = c.journal_offset,
     update_time = c.update_time,
     status = CASE WHEN c.changed & ${column.status} <> 0 THEN c.status ELSE w.status END,
     end_time = CASE WHEN c.changed & ${column.endTime} <> 0 THEN c.end_time ELSE w.end_time END,
     last_retried_time =
       CASE WHEN c.changed & ${column.lastRetriedTime} <> 0 THEN c.last_retried_time ELSE w.last_retried_time END,
     output = CASE WHEN c.changed & ${column.output} <> 0 THEN c.output ELSE w.output END,
     variables = CASE WHEN c.changed & ${column.variables} <> 0 THEN c.variables ELSE w.variables END,
     reason = CASE WHEN c.changed & ${column.reason} <> 0 THEN c.reason ELSE w.reason END,
     failed_task_id = CASE WHEN c.changed & ${column.failures} <> 0 THEN c.failed_task_id ELSE w.failed_task_id END,
     failed_reference_names =
       CASE WHEN c.changed & ${column.failures} <> 0 THEN c.failed_reference_names ELSE w.failed_reference_names END,
     failed_task_names =
       CASE WHEN c.changed & ${column.failures} <> 0 THEN c.failed_task_names ELSE w.failed_task_names END,
     quarantined_because =
       CASE WHEN c.changed & ${column.quarantined} <> 0 THEN c.quarantined_because ELSE w.quarantined_because END
   FROM unnest(
     $1::text[], $2::integer[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[], $8::bytea[],
     $9::bytea[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[]
   ) AS c (workflow_id, changed, journal_offset, update_time, status, end_time, last_retried_time, output, variables,
     reason, failed_task_id, failed_reference_names, failed_task_names, quarantined_because)
   WHERE w.workflow_id = c.workflow_id`,
);

async function update(queries: Queries, placed: readonly PlacedWorkflow[]): Promise<void> {
  const changes = placed.map(({ change }) => change);
  const variables = await variablesAfter(queries, changes);
  const texts = (of: (change: WorkflowChange) => string | undefined): Uint8Array => textArray(changes.map(of));
  const times = (of: (change: WorkflowChange) => number): Uint8Array => bigintArray(changes.map(of));
  await queries.run(updateRows, [
    texts((change) => change.workflowId),
    integerArray(changes.map((change) => change.changed)),
    times((change) => change.journalOffset),
    times((change) => change.updateTime),
    texts((change) => change.status),
    times((change) => change.endTime),
    times((change) => change.lastRetriedTime),
    byteaArray(changes.map((change) => change.output)),
    byteaArray(changes.map((change) => variables.get(change.workflowId))),
    texts((change) => change.reason),
    texts((change) => change.failedTaskId),
    texts((change) => change.failedReferenceNames),
    texts((change) => change.failedTaskNames),
    texts((change) => change.quarantinedBecause),
  ]);
}

const readVariables = statement(
  'workflow_variables',
  'SELECT workflow_id, variables FROM read_model.workflow WHERE workflow_id = ANY($1::text[])',
);

/** The one thing that is read back: variables are merged, and only runs that set some pay for it. */
async function variablesAfter(
  queries: Queries,
  changes: readonly WorkflowChange[],
): Promise<ReadonlyMap<string, Uint8Array | undefined>> {
  const setting = changes.filter(({ variables }) => variables.length > 0);
  if (setting.length === 0) return new Map();
  const rows = await queries.rows<{ workflow_id: string; variables: Uint8Array | null }>(readVariables, [
    textArray(setting.map(({ workflowId }) => workflowId)),
  ]);
  const before = new Map(rows.map((row) => [row.workflow_id, payloadOf(row.variables)]));
  return new Map(
    setting.map((change) => [
      change.workflowId,
      payloadColumn(change.mergedVariables(before.get(change.workflowId) ?? Payload.empty)),
    ]),
  );
}

function startOf(change: WorkflowChange): NonNullable<WorkflowChange['started']> {
  if (change.started === undefined) throw new TypeError('only rows that begin here are inserted');
  return change.started;
}
