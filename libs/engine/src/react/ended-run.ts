import { isEnded, type EndedRun, type EndedRunTask, type TaskStatus } from '@partitura/model';
import type { Draft } from '../draft.ts';
import type { Task } from '../state/task.ts';
import { allTasks } from '../state/task-table.ts';
import type { WorkflowState } from '../state/workflow-state.ts';

/** A larger run is not answered with: who waits for it reads it. */
const dataBytesMax = 512 * 1024;
const tasksMax = 2_000;

/** An ended run as the answer to who waited for its end shows it; undefined: too large for an answer, or unfinished. */
export function endedRun(run: WorkflowState): EndedRun | undefined {
  if (run.phase !== 'ended' || run.end === undefined || run.postponed !== undefined) return undefined;
  const { start, end } = run;
  const bytes = run.dataBytes + start.input.size + end.output.size + run.variables.size;
  if (bytes > dataBytesMax || run.tasks.bySeq.size > tasksMax) return undefined;
  const shown: Draft<EndedRun> = {
    workflowId: run.id,
    name: start.name,
    version: start.version,
    definitionHash: start.definitionHash,
    status: end.status,
    createTime: run.startedAt,
    updateTime: run.updatedAt,
    endTime: end.at,
    lastRetriedTime: run.lastRetriedAt,
    input: start.input,
    output: end.output,
    variables: run.variables,
    priority: start.priority,
    tasks: Array.from(allTasks(run.tasks), shownTask),
  };
  if (start.correlationId !== undefined) shown.correlationId = start.correlationId;
  if (start.createdBy !== undefined) shown.createdBy = start.createdBy;
  if (end.reason !== undefined) shown.reasonForIncompletion = end.reason;
  return shown;
}

function shownTask(task: Task): EndedRunTask {
  const { plan, status, endedAt } = task;
  const shown: Draft<EndedRunTask> = {
    taskId: plan.taskId,
    referenceName: plan.referenceName,
    taskType: plan.taskType,
    taskDefName: plan.taskDefName,
    status,
    seq: plan.seq,
    attempt: task.attempt,
    retried: task.retried,
    iteration: plan.iteration,
    node: plan.node,
    input: plan.input,
    output: task.output,
    pollCount: task.pollCount,
    scheduledTime: task.scheduledAt,
    // A result tells that somebody worked on it, even where no hand-out was reported.
    startTime: task.startedAt === 0 && hasRun.has(status) ? endedAt : task.startedAt,
    endTime: endedAt,
    updateTime: isEnded(status) ? endedAt : task.updatedAt,
    startDelaySeconds: plan.startDelaySeconds,
    // Until somebody polls, this is the delay that scheduling gave it, which readers see as such only.
    callbackAfterSeconds: task.pollCount === 0 ? 0 : task.callbackAfterSeconds,
    responseTimeoutSeconds: Math.ceil(plan.limits.responseTimeoutMs / 1000),
  };
  if (plan.retriedTaskId !== undefined) shown.retriedTaskId = plan.retriedTaskId;
  if (task.reason !== undefined) shown.reasonForIncompletion = task.reason;
  if (task.workerId !== undefined) shown.workerId = task.workerId;
  if (plan.queue?.domain !== undefined) shown.domain = plan.queue.domain;
  if (plan.child !== undefined) shown.subWorkflowId = plan.child.workflowId;
  if (plan.workflowTask !== undefined) shown.workflowTask = plan.workflowTask;
  return shown;
}

const hasRun: ReadonlySet<TaskStatus> = new Set([
  'COMPLETED',
  'COMPLETED_WITH_ERRORS',
  'FAILED',
  'FAILED_WITH_TERMINAL_ERROR',
]);
