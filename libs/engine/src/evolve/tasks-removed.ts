import type { EventMeta, TasksRemoved } from '@partitura/model';
import { removeTask, taskById } from '../state/task-table.ts';
import type { Run } from '../state/workflow-state.ts';
import { recountJoins } from './join-counts.ts';
import { withoutTask } from './with-task.ts';

export function tasksRemoved(run: Run, event: TasksRemoved, meta: EventMeta): Run {
  let after = run;
  for (const id of event.taskIds) {
    const task = taskById(after.tasks, id);
    if (task === undefined) continue;
    const next = withoutTask(after, task, meta.at);
    next.tasks = recountJoins(after.tasks, removeTask(after.tasks, task), task.plan.referenceName);
    after = next;
  }
  return after;
}
