import { taskId, workflowId, type WorkflowStatus, type WorkflowView, type TaskView } from '@partitura/model';
import type { Queries } from '@partitura/postgres';
import type { PinnedDefinitions } from '../definition/pinned-definitions.ts';
import { payloadOf } from '../payload-column.ts';

/** A row of `read_model.workflow`, as {@link workflowFields} selects it. */
export interface WorkflowRow {
  readonly workflow_id: string;
  readonly start_index: number;
  readonly partition: number;
  readonly journal_offset: number;
  readonly name: string;
  readonly version: number;
  readonly definition_hash: string;
  readonly status: WorkflowStatus;
  readonly create_time: number;
  readonly update_time: number;
  readonly end_time: number;
  readonly last_retried_time: number;
  readonly input: Uint8Array | null;
  readonly output: Uint8Array | null;
  readonly variables: Uint8Array | null;
  readonly correlation_id: string | null;
  readonly priority: number;
  readonly task_to_domain: string | null;
  readonly parent_workflow_id: string | null;
  readonly parent_task_id: string | null;
  readonly reason: string | null;
  readonly failed_task_id: string | null;
  readonly failed_reference_names: string | null;
  readonly failed_task_names: string | null;
  readonly event: string | null;
  readonly created_by: string | null;
  readonly idempotency_key: string | null;
  readonly external_input_path: string | null;
  readonly quarantined_because: string | null;
}

export const workflowFields = `w.workflow_id, w.start_index, w.partition, w.journal_offset, w.name, w.version,
  w.definition_hash, w.status, w.create_time, w.update_time, w.end_time, w.last_retried_time, w.input, w.output,
  w.variables, w.correlation_id, w.priority, w.task_to_domain, w.parent_workflow_id, w.parent_task_id, w.reason,
  w.failed_task_id, w.failed_reference_names, w.failed_task_names, w.event, w.created_by, w.idempotency_key,
  w.external_input_path, w.quarantined_because`;

/** Views of rows, without tasks. */
export async function workflowViews(
  queries: Queries,
  definitions: PinnedDefinitions,
  rows: readonly WorkflowRow[],
): Promise<readonly WorkflowView[]> {
  const pinned = await definitions.load(
    queries,
    rows.map((row) => row.definition_hash),
  );
  return rows.map((row) => ({ ...columnsOf(row), definition: pinned(row.definition_hash), tasks: [] }));
}

/** The view with its tasks. A run changed when one of its tasks did, though its own row is not touched then. */
export function withTasks(
  view: WorkflowView,
  tasks: readonly (TaskView & { readonly offset: number })[],
): WorkflowView {
  let { updateTime, offset } = view;
  for (const task of tasks) {
    updateTime = Math.max(updateTime, task.updateTime, task.scheduledTime);
    offset = Math.max(offset, task.offset);
  }
  return { ...view, updateTime, offset, tasks };
}

/** What a row says by itself. */
export function columnsOf(row: WorkflowRow): Omit<WorkflowView, 'definition' | 'tasks'> {
  return {
    workflowId: workflowId(row.workflow_id),
    startIndex: row.start_index,
    name: row.name,
    version: row.version,
    status: row.status,
    createTime: row.create_time,
    updateTime: row.update_time,
    endTime: row.end_time,
    lastRetriedTime: row.last_retried_time,
    input: payloadOf(row.input),
    output: payloadOf(row.output),
    variables: payloadOf(row.variables),
    priority: row.priority,
    taskToDomain: row.task_to_domain === null ? {} : (JSON.parse(row.task_to_domain) as Record<string, string>),
    failedReferenceTaskNames: listOf(row.failed_reference_names),
    failedTaskNames: listOf(row.failed_task_names),
    partition: row.partition,
    offset: row.journal_offset,
    ...(row.correlation_id === null ? {} : { correlationId: row.correlation_id }),
    ...(row.parent_workflow_id === null ? {} : { parentWorkflowId: workflowId(row.parent_workflow_id) }),
    ...(row.parent_task_id === null ? {} : { parentWorkflowTaskId: taskId(row.parent_task_id) }),
    ...(row.reason === null ? {} : { reasonForIncompletion: row.reason }),
    ...(row.failed_task_id === null ? {} : { failedTaskId: taskId(row.failed_task_id) }),
    ...(row.event === null ? {} : { event: row.event }),
    ...(row.created_by === null ? {} : { createdBy: row.created_by }),
    ...(row.idempotency_key === null ? {} : { idempotencyKey: row.idempotency_key }),
    ...(row.external_input_path === null ? {} : { externalInputPayloadStoragePath: row.external_input_path }),
    ...(row.quarantined_because === null ? {} : { quarantinedBecause: row.quarantined_because }),
  };
}

function listOf(text: string | null): readonly string[] {
  return text === null ? [] : (JSON.parse(text) as readonly string[]);
}
