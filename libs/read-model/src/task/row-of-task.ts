import { payloadColumn } from '../payload-column.ts';
import type { TaskChange } from './task-change.ts';
import type { TaskRow } from './task-view.ts';

/** The row that a change writes which holds the scheduling, the one that `writeTasks` inserts; undefined for others. */
export function rowOfTask(change: TaskChange): TaskRow | undefined {
  const event = change.scheduled;
  if (event === undefined) return undefined;
  return {
    task_id: change.taskId,
    journal_offset: change.journalOffset,
    reference_name: event.referenceName,
    task_type: event.taskType,
    task_def_name: event.taskDefName,
    node: event.node,
    seq: event.seq,
    attempt: change.attempt,
    iteration: event.iteration,
    status: change.status,
    retried: change.retried,
    poll_count: change.polls,
    scheduled_time: change.scheduledTime,
    start_time: change.startTime,
    end_time: change.endTime,
    update_time: change.updateTime,
    start_delay_seconds: event.startDelaySeconds,
    callback_after_seconds: change.callbackAfterSeconds,
    response_timeout_seconds: Math.ceil(event.limits.responseTimeoutMs / 1000),
    input: payloadColumn(event.input) ?? null,
    output: change.output ?? null,
    retried_task_id: event.retriedTaskId ?? null,
    reason: change.reason ?? null,
    worker_id: change.workerId ?? null,
    domain: event.queue?.domain ?? null,
    sub_workflow_id: event.child?.workflowId ?? null,
    workflow_task: event.workflowTask?.bytes ?? null,
  };
}
