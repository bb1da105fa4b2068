import type { TaskRecord } from '@partitura/model';
import { failedOutcome, type Executor, type ExecutorOptions, type ExecutorOutcome } from '../executor.ts';

/** Looks executions up for tasks: as everything that was acknowledged before has left them. */
export function getWorkflowExecutor({ workflows }: Pick<ExecutorOptions, 'workflows'>): Executor {
  return { type: 'GET_WORKFLOW', execute: (task) => find(task, workflows) };
}

async function find(task: TaskRecord, workflows: ExecutorOptions['workflows']): Promise<ExecutorOutcome> {
  const { id, includeTasks } = task.input.object;
  if (typeof id !== 'string' || id === '') return failedOutcome('GET_WORKFLOW needs the id of a workflow in its input');
  const found = await workflows.execution(id, includeTasks === true || includeTasks === 'true');
  if (found === undefined) return failedOutcome(`No such workflow found by id: ${id}`);
  return { status: 'COMPLETED', output: found };
}
