import { isEnded, isSuccessful, type TaskLog, type TaskView } from '@partitura/model';
import { textOf } from '@partitura/expressions';
import { isoTime } from './iso-time.ts';
import { ObjectText, payloadText } from './json-text.ts';
import type { TaskTemplates } from './task-template.ts';

/** Conductor writes this empty record on every task; no server of its kind fills it. */
export const noExecutionMetadata = '{"additionalContext":{},"empty":true,"additionalContextMap":{}}';

/** The kinds for which Conductor copies the rate limit of the task definition; workers' tasks have it too. */
const rateLimitedKinds: ReadonlySet<string> = new Set(['HTTP', 'DO_WHILE', 'KAFKA_PUBLISH']);

/** What a task's own row does not know. */
export interface TaskSurround {
  /** Epoch ms. */
  readonly now: number;
  /** Nothing has followed the task: it ended its workflow, which Conductor never marks, or the workflow is paused. */
  readonly isNotFollowed: boolean;
  /** The retry operation replaced the attempt: Conductor takes it for executed then. */
  readonly isReplacedByRetry: boolean;
  readonly templates: TaskTemplates;
}

/** A task attempt as Conductor's `Task`, as JSON text. */
export function taskText(task: TaskView, surround: TaskSurround): string {
  const { now, templates } = surround;
  const template = templates.of(task.workflowTask);
  const iteration = iterationOf(task);
  const isLimited = rateLimitedKinds.has(task.taskType) || template.isSimple;
  return new ObjectText()
    .add('taskType', task.taskType)
    .add('status', task.status)
    .splice('inputData', payloadText(task.input))
    .add('referenceTaskName', task.referenceName)
    .add('retryCount', task.attempt)
    .add('seq', task.seq)
    .add('correlationId', task.correlationId)
    .add('pollCount', task.pollCount)
    .add('taskDefName', task.taskDefName)
    .add('scheduledTime', task.scheduledTime)
    .add('startTime', task.startTime)
    .add('endTime', task.endTime)
    .add('updateTime', task.updateTime)
    .add('startDelayInSeconds', task.startDelaySeconds)
    .add('retriedTaskId', task.retriedTaskId)
    .add('retried', task.retried)
    .add('executed', isExecuted(task, surround))
    .add('callbackFromWorker', true)
    .add('responseTimeoutSeconds', task.responseTimeoutSeconds)
    .add('workflowInstanceId', task.workflowId)
    .add('workflowType', task.workflowName)
    .add('taskId', task.taskId)
    .add('reasonForIncompletion', task.reasonForIncompletion)
    .add('callbackAfterSeconds', task.callbackAfterSeconds)
    .add('workerId', task.workerId)
    .splice('outputData', payloadText(task.output))
    .splice('workflowTask', template.workflowTask)
    .add('domain', task.domain)
    .add('rateLimitPerFrequency', isLimited ? template.rateLimitPerFrequency : 0)
    .add('rateLimitFrequencyInSeconds', isLimited ? template.rateLimitFrequencyInSeconds : 0)
    .add('workflowPriority', task.priority)
    .add('iteration', iteration)
    .add('subWorkflowId', task.subWorkflowId)
    .add('subworkflowChanged', false)
    .add('firstStartTime', 0)
    .splice('executionMetadata', noExecutionMetadata)
    .splice('taskDefinition', template.taskDefinition)
    .add('loopOverTask', iteration > 0)
    .add('queueWaitTime', queueWaitTime(task, now))
    .toString();
}

/** Of a loop: how often it has begun its body; of others: the iteration in which they run. */
function iterationOf({ taskType, iteration, output }: TaskView): number {
  return taskType === 'DO_WHILE' ? Number(output.object['iteration'] ?? 0) : iteration;
}

/** Whether what follows the task has been worked out, as far as Conductor's readers would see it. */
function isExecuted({ status, retried }: TaskView, { isNotFollowed, isReplacedByRetry }: TaskSurround): boolean {
  if (isReplacedByRetry) return true;
  return isEnded(status) && isSuccessful(status) && !retried && !isNotFollowed;
}

/** From scheduling to the first hand-out, or since the moment at which a task became available again, in ms. */
function queueWaitTime(task: TaskView, now: number): number {
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
