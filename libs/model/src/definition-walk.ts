import type { WorkflowDef, WorkflowTask } from './definitions.ts';

/**
 * All tasks of a definition, nested ones included, in the order that numbers them: a task, then its cases in key
 * order as written, its default case, its branches, its loop body. The number of a task is its position here; events
 * name tasks of the pinned definition by it (`TaskScheduled.node`).
 */
export function tasksInOrder(definition: Pick<WorkflowDef, 'tasks'>): readonly WorkflowTask[] {
  const found: WorkflowTask[] = [];
  const walk = (tasks: readonly WorkflowTask[] | undefined): void => {
    for (const task of tasks ?? []) {
      found.push(task);
      for (const branch of Object.values(task.decisionCases ?? {})) walk(branch);
      walk(task.defaultCase);
      for (const branch of task.forkTasks ?? []) walk(branch);
      walk(task.loopOver);
    }
  };
  walk(definition.tasks);
  return found;
}
