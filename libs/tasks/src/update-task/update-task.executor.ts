import {
  isEnded,
  isJsonObject,
  Payload,
  reportableStatuses,
  workflowOfTask,
  type JsonObject,
  type TaskRecord,
  type TaskView,
} from '@partitura/model';
import { failedOutcome, type Executor, type ExecutorOptions, type ExecutorOutcome } from '../executor.ts';

type Workflows = ExecutorOptions['workflows'];

/** Sends the reports that tasks make about other tasks. */
export function updateTaskExecutor({ workflows }: Pick<ExecutorOptions, 'workflows'>): Executor {
  return { type: 'UPDATE_TASK', execute: (task) => update(task, workflows) };
}

async function update(by: TaskRecord, workflows: Workflows): Promise<ExecutorOutcome> {
  const { taskStatus, taskOutput, mergeOutput } = by.input.object;
  const status = reportableStatuses.find((known) => known === taskStatus);
  if (status === undefined) {
    return failedOutcome(
      `taskStatus must be one of ${reportableStatuses.join(', ')}, not ${JSON.stringify(taskStatus)}`,
    );
  }
  const output = taskOutput ?? {};
  if (!isJsonObject(output)) return failedOutcome('taskOutput must be an object');
  const target = await targetOf(by.input.object, workflows);
  if (typeof target === 'string') return failedOutcome(target);

  const merged = mergeOutput === true || mergeOutput === 'true' ? { ...target.output.object, ...output } : output;
  const outcome = await workflows.command(`${by.taskId}/update`, target.workflowId, {
    type: 'TaskResult',
    taskId: target.taskId,
    status,
    output: Payload.of(merged),
    callbackAfterSeconds: 0,
    extendLease: false,
    logs: [],
  });
  if (outcome.kind === 'rejected') return failedOutcome(outcome.reason);
  return { status: 'COMPLETED', output: { workflowId: target.workflowId, taskId: target.taskId, taskStatus: status } };
}

/** By id, or the newest open task of that name; in a loop, by its name without the iteration too. */
async function targetOf(input: JsonObject, workflows: Workflows): Promise<TaskView | string> {
  const { taskId, workflowId, taskRefName } = input;
  if (typeof taskId === 'string' && taskId !== '') {
    const found = workflowOfTask(taskId) === undefined ? undefined : await workflows.task(taskId);
    return found ?? `No such task found by id: ${taskId}`;
  }
  if (typeof workflowId !== 'string' || typeof taskRefName !== 'string') {
    return 'UPDATE_TASK needs taskId, or workflowId and taskRefName, in its input';
  }
  const open = (await workflows.tasks(workflowId))?.filter(({ status }) => !isEnded(status));
  const found =
    open?.findLast(({ referenceName }) => referenceName === taskRefName) ??
    open?.findLast(({ referenceName }) => referenceName.replace(/(?:__\d+)+$/, '') === taskRefName);
  return found ?? `No open task ${taskRefName} found in workflow ${workflowId}`;
}
