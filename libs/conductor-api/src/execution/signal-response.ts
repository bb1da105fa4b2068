import type { TaskView, WorkflowView } from '@partitura/model';
import { ObjectText, payloadText } from './json-text.ts';
import { tasksText, type Rendering, type TasksOfRun } from './workflow-json.ts';

export const returnStrategies = [
  'TARGET_WORKFLOW',
  'BLOCKING_WORKFLOW',
  'BLOCKING_TASK',
  'BLOCKING_TASK_INPUT',
] as const;
export type ReturnStrategy = (typeof returnStrategies)[number];

/** What the answer to a synchronous call shows of a run. */
export type RunShown = TasksOfRun &
  Pick<WorkflowView, 'input' | 'output' | 'variables' | 'createdBy' | 'createTime' | 'updateTime'>;

/** What a synchronous call answers about. */
export interface Signalled {
  readonly strategy: ReturnStrategy;
  readonly requestId: string;
  /** The run that was started or signalled. */
  readonly target: RunShown;
  /** The caller's patience ended before there was anything to wait for. */
  readonly timedOut: boolean;
}

/** `WorkflowRun`: the state of a run, the target itself or the child in which it waits. */
export function workflowRunText(about: Signalled, run: RunShown, rendering: Rendering): string {
  return head(about, run.workflowId, run.correlationId)
    .splice('input', payloadText(run.input))
    .splice('output', payloadText(run.output))
    .add('signalTimeout', about.timedOut)
    .add('priority', run.priority)
    .splice('variables', payloadText(run.variables))
    .splice('tasks', tasksText(run, rendering))
    .add('createdBy', run.createdBy)
    .add('createTime', run.createTime)
    .add('status', run.status)
    .add('updateTime', run.updateTime)
    .toString();
}

/** `TaskRun`: the task for which the run waits. */
export function taskRunText(about: Signalled, task: TaskView): string {
  return head(about, task.workflowId, task.correlationId)
    .splice('input', payloadText(task.input))
    .splice('output', payloadText(task.output))
    .add('signalTimeout', about.timedOut)
    .add('taskType', task.taskType)
    .add('taskId', task.taskId)
    .add('referenceTaskName', task.referenceName)
    .add('retryCount', task.attempt)
    .add('taskDefName', task.taskDefName)
    .add('retriedTaskId', task.retriedTaskId)
    .add('workflowType', task.workflowName)
    .add('reasonForIncompletion', task.reasonForIncompletion)
    .add('priority', task.priority)
    .add('createdBy', task.workerId)
    .add('createTime', task.startTime)
    .add('updateTime', task.updateTime)
    .add('status', task.status)
    .toString();
}

function head(about: Signalled, workflowId: string, correlationId: string | undefined): ObjectText {
  return new ObjectText()
    .add('responseType', about.strategy)
    .add('targetWorkflowId', about.target.workflowId)
    .add('targetWorkflowStatus', about.target.status)
    .add('requestId', about.requestId)
    .add('workflowId', workflowId)
    .add('correlationId', correlationId);
}
