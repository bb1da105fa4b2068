import type { EventMeta, TaskDispatched, TaskPolled } from '@partitura/model';
import type { Run } from '../state/workflow-state.ts';
import { changeTask } from './with-task.ts';

export function taskDispatched(run: Run, event: TaskDispatched, meta: EventMeta): Run {
  return changeTask(run, event.taskId, meta.at, () => ({ dispatch: event.dispatch, dueAt: 0, offeredAt: meta.at }));
}

export function taskPolled(run: Run, event: TaskPolled, meta: EventMeta): Run {
  return changeTask(run, event.taskId, meta.at, (task) => ({
    status: 'IN_PROGRESS',
    workerId: event.workerId ?? task.workerId,
    polledDispatch: event.dispatch,
    pollCount: task.pollCount + 1,
    startedAt: task.startedAt === 0 ? meta.at : task.startedAt,
    callbackAfterSeconds: 0,
  }));
}
