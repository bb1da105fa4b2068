import type { EventMeta, TaskReopened } from '@partitura/model';
import { addJoiner, taskById } from '../state/task-table.ts';
import type { Run } from '../state/workflow-state.ts';
import { changeTask } from './with-task.ts';

/** Open again under the old id: as if it had just been scheduled, with the output that it had. */
export function taskReopened(run: Run, event: TaskReopened, meta: EventMeta): Run {
  const after = changeTask(run, event.taskId, meta.at, (task) => ({
    status: task.plan.queue === undefined ? 'IN_PROGRESS' : 'SCHEDULED',
    attempt: event.attempt,
    reason: undefined,
    endedAt: 0,
    startedAt: task.plan.queue === undefined ? meta.at : 0,
    dueAt: 0,
    callbackAfterSeconds: 0,
    retried: false,
    joinOpen: event.join?.open ?? 0,
  }));
  const task = taskById(after.tasks, event.taskId);
  if (event.join === undefined || task === undefined) return after;
  return { ...after, tasks: addJoiner(after.tasks, task.plan.seq, event.join.on) };
}
