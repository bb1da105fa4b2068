import type { TaskRecord } from '@partitura/model';
import { maybe, payloadText, quoted } from './json-text.ts';
import type { TaskTemplate } from './task-template.ts';
import { noExecutionMetadata } from './task-json.ts';

export interface HandOut {
  readonly workerId?: string;
  /** Epoch ms. */
  readonly at: number;
  /** What the worker gets in place of the task's id; absent: the id. */
  readonly token?: string | undefined;
  /** Values that the task definition asks for. */
  readonly runtimeMetadata?: Readonly<Record<string, string>>;
}

/** A task in the moment it is given to a worker, as JSON text. User data and definition are put in as they are. */
export function polledTaskText(task: TaskRecord, handOut: HandOut, template: TaskTemplate): string {
  const { at } = handOut;
  const startTime = task.startedAt === 0 ? at : task.startedAt;
  // One template instead of a member at a time: this is written for every task that is handed out.
  return (
    `{"taskType":${quoted(task.taskType)},"status":"IN_PROGRESS","inputData":${payloadText(task.input)}` +
    `,"referenceTaskName":${quoted(task.referenceName)},"retryCount":${task.attempt},"seq":${task.seq}` +
    maybe('correlationId', task.correlationId) +
    `,"pollCount":${task.pollCount + 1},"taskDefName":${quoted(task.taskDefName)}` +
    `,"scheduledTime":${task.scheduledAt},"startTime":${startTime},"endTime":0,"updateTime":${at}` +
    `,"startDelayInSeconds":${task.startDelaySeconds}` +
    maybe('retriedTaskId', task.retriedTaskId) +
    `,"retried":false,"executed":false,"callbackFromWorker":true` +
    `,"responseTimeoutSeconds":${task.responseTimeoutSeconds},"workflowInstanceId":${quoted(task.workflowId)}` +
    `,"workflowType":${quoted(task.workflowName)},"taskId":${quoted(handOut.token ?? task.taskId)},"callbackAfterSeconds":0` +
    maybe('workerId', handOut.workerId) +
    `,"outputData":${payloadText(task.output)},"workflowTask":${template.workflowTask}` +
    maybe('domain', task.domain) +
    `,"rateLimitPerFrequency":${template.rateLimitPerFrequency}` +
    `,"rateLimitFrequencyInSeconds":${template.rateLimitFrequencyInSeconds}` +
    `,"workflowPriority":${task.priority},"iteration":${task.iteration},"subworkflowChanged":false` +
    `,"firstStartTime":0,"executionMetadata":${noExecutionMetadata}` +
    (handOut.runtimeMetadata === undefined ? '' : `,"runtimeMetadata":${JSON.stringify(handOut.runtimeMetadata)}`) +
    `,"taskDefinition":${template.taskDefinition},"loopOverTask":${task.iteration > 0}` +
    `,"queueWaitTime":${startTime - task.scheduledAt}}`
  );
}
