import { isEnded, isSuccessful, type TaskLog, type TaskView } from '@partitura/model';
import { textOf } from '@partitura/expressions';
import { isoTime } from './iso-time.ts';
import { maybe, ObjectText, payloadText, quoted } from './json-text.ts';
import type { TaskTemplate, TaskTemplates } from './task-template.ts';

/** Conductor writes this empty record on every task; no server of its kind fills it. */
export const noExecutionMetadata = '{"additionalContext":{},"empty":true,"additionalContextMap":{}}';

/** What a task's own row does not know. */
export interface TaskSurround {
  /** Epoch ms. */
  readonly now: number;
  /** Nothing has followed the task: it ended its workflow, which Conductor never marks, or the workflow is paused. */
  readonly isNotFollowed: boolean;
  /** The retry operation replaced the attempt: Conductor takes it for executed then. */
  readonly isReplacedByRetry: boolean;
}

/** An attempt without what it has from its run and from the definition. */
export type AttemptShown = Omit<
  TaskView,
  'workflowId' | 'workflowName' | 'priority' | 'correlationId' | 'workflowTask'
>;

/** A task attempt as Conductor's `Task`, as JSON text. */
export function taskText(task: TaskView, surround: TaskSurround & { readonly templates: TaskTemplates }): string {
  return attemptText(task, membersOfRun(task), surround.templates.of(task.workflowTask), surround);
}

/** What all tasks of a run show of it, as members of their objects. */
export function membersOfRun(
  run: Pick<TaskView, 'workflowId' | 'workflowName' | 'priority' | 'correlationId'>,
): string {
  return (
    `,"workflowInstanceId":${quoted(run.workflowId)},"workflowType":${quoted(run.workflowName)}` +
    `,"workflowPriority":${run.priority}${maybe('correlationId', run.correlationId)}`
  );
}

/** Members that nothing changes. */
const sameForAll = `,"callbackFromWorker":true,"subworkflowChanged":false,"firstStartTime":0,"executionMetadata":${noExecutionMetadata}`;

/**
 * A task attempt as Conductor's `Task`. One template instead of a member at a time, with all that attempts share put
 * together before: it is written for every task of every run that somebody waits for.
 *
 * @param ofRun see {@link membersOfRun}
 */
export function attemptText(task: AttemptShown, ofRun: string, template: TaskTemplate, surround: TaskSurround): string {
  const iteration = iterationOf(task);
  return (
    `{${template.members(task)}${ofRun}${sameForAll}` +
    `,"status":"${task.status}","inputData":${payloadText(task.input)},"outputData":${payloadText(task.output)}` +
    `,"taskId":${quoted(task.taskId)},"retryCount":${task.attempt},"seq":${task.seq},"pollCount":${task.pollCount}` +
    `,"scheduledTime":${task.scheduledTime},"startTime":${task.startTime},"endTime":${task.endTime}` +
    `,"updateTime":${task.updateTime},"startDelayInSeconds":${task.startDelaySeconds}` +
    `,"retried":${task.retried},"executed":${isExecuted(task, surround)}` +
    `,"responseTimeoutSeconds":${task.responseTimeoutSeconds},"callbackAfterSeconds":${task.callbackAfterSeconds}` +
    `,"iteration":${iteration},"loopOverTask":${iteration > 0},"queueWaitTime":${queueWaitTime(task, surround.now)}` +
    maybe('retriedTaskId', task.retriedTaskId) +
    maybe('reasonForIncompletion', task.reasonForIncompletion) +
    maybe('workerId', task.workerId) +
    maybe('domain', task.domain) +
    maybe('subWorkflowId', task.subWorkflowId) +
    '}'
  );
}

/** Of a loop: how often it has begun its body; of others: the iteration in which they run. */
function iterationOf({ taskType, iteration, output }: AttemptShown): number {
  return taskType === 'DO_WHILE' ? Number(output.object['iteration'] ?? 0) : iteration;
}

/** Whether what follows the task has been worked out, as far as Conductor's readers would see it. */
function isExecuted({ status, retried }: AttemptShown, { isNotFollowed, isReplacedByRetry }: TaskSurround): boolean {
  if (isReplacedByRetry) return true;
  return isEnded(status) && isSuccessful(status) && !retried && !isNotFollowed;
}

/** From scheduling to the first hand-out, or since the moment at which a task became available again, in ms. */
function queueWaitTime(task: AttemptShown, now: number): number {
  const { startTime, scheduledTime, updateTime, callbackAfterSeconds } = task;
  if (startTime === 0 || scheduledTime === 0) return 0;
  if (updateTime > 0 && callbackAfterSeconds > 0) return Math.max(0, now - updateTime - callbackAfterSeconds * 1000);
  return startTime - scheduledTime;
}

/** Conductor's `TaskSummary`, as JSON text. */
export function taskSummaryText(task: TaskView, now: number): string {
  return new ObjectText()
    .add('workflowId', task.workflowId)
    .add('workflowType', task.workflowName)
    .add('correlationId', task.correlationId)
    .add('scheduledTime', isoTime(task.scheduledTime))
    .add('startTime', isoTime(task.startTime))
    .add('updateTime', isoTime(task.updateTime))
    .add('endTime', isoTime(task.endTime))
    .add('status', task.status)
    .add('reasonForIncompletion', task.reasonForIncompletion)
    .add('executionTime', task.endTime === 0 ? 0 : task.endTime - task.startTime)
    .add('queueWaitTime', queueWaitTime(task, now))
    .add('taskDefName', task.taskDefName)
    .add('taskType', task.taskType)
    .add('input', textOf(task.input.value))
    .add('output', textOf(task.output.value))
    .add('taskId', task.taskId)
    .add('workflowPriority', task.priority)
    .add('domain', task.domain)
    .toString();
}

/** Conductor's `TaskExecLog`s. */
export function taskLogsText(taskId: string, logs: readonly TaskLog[]): string {
  return JSON.stringify(logs.map(({ message, at }) => ({ log: message, taskId, createdTime: at })));
}
