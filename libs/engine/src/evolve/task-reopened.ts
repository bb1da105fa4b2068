import type { EventMeta, TaskReopened } from '@partitura/model';
import { addJoiner, taskById } from '../state/task-table.ts';
import type { Run } from '../state/workflow-state.ts';
import { recountJoins } from './join-counts.ts';
import { changeTask } from './with-task.ts';

/** Open again under the old id: as if it had just been scheduled, with the output that it had. */
export function taskReopened(run: Run, event: TaskReopened, meta: EventMeta): Run {
  const after = changeTask(run, event.taskId, meta.at, (reopened) => {
    const waitsForWorker = reopened.plan.queue !== undefined;
    reopened.status = waitsForWorker ? 'SCHEDULED' : 'IN_PROGRESS';
    reopened.attempt = event.attempt;
    reopened.reason = undefined;
    reopened.endedAt = 0;
    reopened.startedAt = waitsForWorker ? 0 : meta.at;
    reopened.dueAt = 0;
    reopened.callbackAfterSeconds = 0;
    reopened.retried = false;
    reopened.joinOpen = event.join?.open ?? 0;
  });
  const task = taskById(after.tasks, event.taskId);
  if (task === undefined) return after;
  const { referenceName, seq } = task.plan;
  after.tasks = recountJoins(run.tasks, after.tasks, referenceName);
  if (event.join !== undefined) after.tasks = addJoiner(after.tasks, seq, event.join.on);
  return after;
}
