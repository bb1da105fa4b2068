import { Payload, taskId, workflowId, workflowOfTask, type TaskStatus, type TaskView } from '@partitura/model';
import { tasksOf } from '../definition/pinned-definitions.ts';
import { payloadOf } from '../payload-column.ts';

/** A row of `read_model.task`, as {@link taskFields} selects it. */
export interface TaskRow {
  readonly task_id: string;
  readonly journal_offset: number;
  readonly reference_name: string;
  readonly task_type: string;
  readonly task_def_name: string;
  readonly node: number;
  readonly seq: number;
  readonly attempt: number;
  readonly iteration: number;
  readonly status: TaskStatus;
  readonly retried: boolean;
  readonly poll_count: number;
  readonly scheduled_time: number;
  readonly start_time: number;
  readonly end_time: number;
  readonly update_time: number;
  readonly start_delay_seconds: number;
  readonly callback_after_seconds: number;
  readonly response_timeout_seconds: number;
  readonly input: Uint8Array | null;
  readonly output: Uint8Array | null;
  readonly retried_task_id: string | null;
  readonly reason: string | null;
  readonly worker_id: string | null;
  readonly domain: string | null;
  readonly sub_workflow_id: string | null;
  readonly workflow_task: Uint8Array | null;
}

export const taskFields = `t.task_id, t.journal_offset, t.reference_name, t.task_type, t.task_def_name, t.node, t.seq,
  t.attempt, t.iteration, t.status, t.retried, t.poll_count, t.scheduled_time, t.start_time, t.end_time, t.update_time,
  t.start_delay_seconds, t.callback_after_seconds, t.response_timeout_seconds, t.input, t.output, t.retried_task_id,
  t.reason, t.worker_id, t.domain, t.sub_workflow_id, t.workflow_task`;

/** What a task's view takes from its run. */
export interface RunOfTask {
  readonly name: string;
  readonly correlationId?: string;
  readonly priority: number;
}

/** Ids of the attempts of one run: `from` <= id < `to`. */
export function taskIdRange(workflow: string, startIndex: number): { readonly from: string; readonly to: string } {
  const prefix = `${workflow}~${startIndex.toString(36)}`;
  // '/' is the character after '.'.
  return { from: `${prefix}.`, to: `${prefix}/` };
}

export function taskView(row: TaskRow, run: RunOfTask, definition: Payload): TaskView & { readonly offset: number } {
  return {
    taskId: taskId(row.task_id),
    workflowId: workflowOfTask(row.task_id) ?? workflowId(''),
    workflowName: run.name,
    referenceName: row.reference_name,
    taskType: row.task_type,
    taskDefName: row.task_def_name,
    status: row.status,
    seq: row.seq,
    attempt: row.attempt,
    retried: row.retried,
    iteration: row.iteration,
    input: payloadOf(row.input),
    output: payloadOf(row.output),
    pollCount: row.poll_count,
    scheduledTime: row.scheduled_time,
    startTime: row.start_time,
    endTime: row.end_time,
    updateTime: row.update_time,
    startDelaySeconds: row.start_delay_seconds,
    callbackAfterSeconds: row.callback_after_seconds,
    responseTimeoutSeconds: row.response_timeout_seconds,
    priority: run.priority,
    workflowTask:
      row.workflow_task === null
        ? (tasksOf(definition)[row.node] ?? Payload.empty)
        : Payload.fromBytes(row.workflow_task),
    offset: row.journal_offset,
    ...(run.correlationId === undefined ? {} : { correlationId: run.correlationId }),
    ...(row.retried_task_id === null ? {} : { retriedTaskId: taskId(row.retried_task_id) }),
    ...(row.reason === null ? {} : { reasonForIncompletion: row.reason }),
    ...(row.worker_id === null ? {} : { workerId: row.worker_id }),
    ...(row.domain === null ? {} : { domain: row.domain }),
    ...(row.sub_workflow_id === null ? {} : { subWorkflowId: workflowId(row.sub_workflow_id) }),
  };
}
