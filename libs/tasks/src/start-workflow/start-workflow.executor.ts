import { uuidOf, workflowId, type TaskRecord } from '@partitura/model';
import { failedOutcome, type Executor, type ExecutorOptions, type ExecutorOutcome } from '../executor.ts';
import { startRequest } from './start-request.ts';

/** Starts the workflows that tasks ask for. The id is made from the task's, so a repeat starts nothing twice. */
export function startWorkflowExecutor({ workflows }: Pick<ExecutorOptions, 'workflows'>): Executor {
  return { type: 'START_WORKFLOW', execute: (task) => start(task, workflows) };
}

async function start(task: TaskRecord, workflows: ExecutorOptions['workflows']): Promise<ExecutorOutcome> {
  const command = startRequest(task.input.object['startWorkflow']);
  if (typeof command === 'string') return failedOutcome(command);
  const id = workflowId(uuidOf(`${task.taskId}/start`));
  const outcome = await workflows.command(`${task.taskId}/start`, id, command);
  if (outcome.kind === 'rejected') return failedOutcome(outcome.reason);
  return { status: 'COMPLETED', output: { workflowId: id } };
}
