import type { EventMeta, TaskDispatched, TaskPolled } from '@partitura/model';
import type { Run } from '../state/workflow-state.ts';
import { changeTask } from './with-task.ts';

export function taskDispatched(run: Run, event: TaskDispatched, meta: EventMeta): Run {
  return changeTask(run, event.taskId, meta.at, (task) => {
    task.dispatch = event.dispatch;
    task.dueAt = 0;
    task.offeredAt = meta.at;
  });
}

export function taskPolled(run: Run, event: TaskPolled, meta: EventMeta): Run {
  return changeTask(run, event.taskId, meta.at, (task) => {
    task.status = 'IN_PROGRESS';
    task.workerId = event.workerId ?? task.workerId;
    task.polledDispatch = event.dispatch;
    task.pollCount += 1;
    if (task.startedAt === 0) task.startedAt = event.at ?? meta.at;
    task.callbackAfterSeconds = 0;
  });
}
