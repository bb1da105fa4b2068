import type { TaskRecord } from '@partitura/model';
import { ObjectText, payloadText } from './json-text.ts';
import type { TaskTemplates } from './task-template.ts';
import { noExecutionMetadata } from './task-json.ts';

export interface HandOut {
  readonly workerId?: string;
  /** Epoch ms. */
  readonly at: number;
  /** Values that the task definition asks for. */
  readonly runtimeMetadata?: Readonly<Record<string, string>>;
}

/** A task in the moment it is given to a worker, as JSON text. User data and definition are put in as they are. */
export function polledTaskText(task: TaskRecord, handOut: HandOut, templates: TaskTemplates): string {
  const { at, workerId } = handOut;
  const template = templates.of(task.workflowTask);
  const startTime = task.startedAt === 0 ? at : task.startedAt;
  return new ObjectText()
    .add('taskType', task.taskType)
    .add('status', 'IN_PROGRESS')
    .splice('inputData', payloadText(task.input))
    .add('referenceTaskName', task.referenceName)
    .add('retryCount', task.attempt)
    .add('seq', task.seq)
    .add('correlationId', task.correlationId)
    .add('pollCount', task.pollCount + 1)
    .add('taskDefName', task.taskDefName)
    .add('scheduledTime', task.scheduledAt)
    .add('startTime', startTime)
    .add('endTime', 0)
    .add('updateTime', at)
    .add('startDelayInSeconds', task.startDelaySeconds)
    .add('retriedTaskId', task.retriedTaskId)
    .add('retried', false)
    .add('executed', false)
    .add('callbackFromWorker', true)
    .add('responseTimeoutSeconds', task.responseTimeoutSeconds)
    .add('workflowInstanceId', task.workflowId)
    .add('workflowType', task.workflowName)
    .add('taskId', task.taskId)
    .add('callbackAfterSeconds', 0)
    .add('workerId', workerId)
    .splice('outputData', payloadText(task.output))
    .splice('workflowTask', template.workflowTask)
    .add('domain', task.domain)
    .add('rateLimitPerFrequency', template.rateLimitPerFrequency)
    .add('rateLimitFrequencyInSeconds', template.rateLimitFrequencyInSeconds)
    .add('workflowPriority', task.priority)
    .add('iteration', task.iteration)
    .add('subworkflowChanged', false)
    .add('firstStartTime', 0)
    .splice('executionMetadata', noExecutionMetadata)
    .add('runtimeMetadata', handOut.runtimeMetadata)
    .splice('taskDefinition', template.taskDefinition)
    .add('loopOverTask', task.iteration > 0)
    .add('queueWaitTime', startTime - task.scheduledAt)
    .toString();
}
