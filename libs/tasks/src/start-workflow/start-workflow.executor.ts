import { keyedWorkflowId, uuidOf, workflowId, type TaskRecord } from '@partitura/model';
import { failedOutcome, type Executor, type ExecutorOptions, type ExecutorOutcome } from '../executor.ts';
import { startRequest } from './start-request.ts';

/** Starts the workflows that tasks ask for. The id is made from the task's, so a repeat starts nothing twice. */
export function startWorkflowExecutor({ workflows }: Pick<ExecutorOptions, 'workflows'>): Executor {
  return { type: 'START_WORKFLOW', execute: (task) => start(task, workflows) };
}

/** So often a key may be used again by tasks; others find its newest run without trying. */
const generationsMax = 100;

async function start(task: TaskRecord, workflows: ExecutorOptions['workflows']): Promise<ExecutorOutcome> {
  const command = startRequest(task.input.object['startWorkflow']);
  if (typeof command === 'string') return failedOutcome(command);
  const { name, idempotencyKey } = command;
  for (let generation = 0; ; generation++) {
    const id =
      idempotencyKey === undefined
        ? workflowId(uuidOf(`${task.taskId}/start`))
        : keyedWorkflowId(name, idempotencyKey, generation);
    const outcome = await workflows.command(
      `${task.taskId}/start${generation === 0 ? '' : `/${generation}`}`,
      id,
      command,
    );
    if (outcome.kind !== 'rejected') return { status: 'COMPLETED', output: { workflowId: id } };
    if (outcome.code !== 'KEY_SPENT' || generation === generationsMax) return failedOutcome(outcome.reason);
  }
}
