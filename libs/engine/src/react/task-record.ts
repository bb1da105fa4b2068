import type { Payload, TaskRecord } from '@partitura/model';
import type { Draft } from '../draft.ts';
import type { Task } from '../state/task.ts';
import type { Run } from '../state/workflow-state.ts';

/** What a worker gets to see of an attempt that is handed out. */
export function taskRecord(run: Run, task: Task, workflowTask: Payload): TaskRecord {
  const { plan } = task;
  const { start } = run;
  const record: Draft<TaskRecord> = {
    taskId: plan.taskId,
    workflowId: run.id,
    workflowName: start.name,
    workflowVersion: start.version,
    taskType: plan.taskType,
    taskDefName: plan.taskDefName,
    referenceName: plan.referenceName,
    dispatch: task.dispatch,
    attempt: task.attempt,
    seq: plan.seq,
    iteration: plan.iteration,
    pollCount: task.pollCount,
    priority: start.priority,
    scheduledAt: task.scheduledAt,
    startedAt: task.startedAt,
    startDelaySeconds: plan.startDelaySeconds,
    responseTimeoutSeconds: plan.limits.responseTimeoutMs / 1000,
    input: plan.input,
    workflowTask,
    output: task.output,
  };
  if (plan.retriedTaskId !== undefined) record.retriedTaskId = plan.retriedTaskId;
  if (plan.queue?.domain !== undefined) record.domain = plan.queue.domain;
  if (start.correlationId !== undefined) record.correlationId = start.correlationId;
  return record;
}
