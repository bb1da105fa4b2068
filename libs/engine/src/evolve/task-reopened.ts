import { invariant, type EventMeta, type TaskReopened, type TaskRerun } from '@partitura/model';
import { addJoiner, taskById } from '../state/task-table.ts';
import type { Run } from '../state/workflow-state.ts';
import { dataBytesOf, type Task } from '../state/task.ts';
import { recountJoins } from './join-counts.ts';
import { newTask } from './task-scheduled.ts';
import { changeTask, withTask } from './with-task.ts';

/** Open again under the old id: as if it had just been scheduled, with the output that it had. */
export function taskReopened(run: Run, event: TaskReopened, meta: EventMeta): Run {
  const after = changeTask(run, event.taskId, meta.at, (reopened) => {
    const waitsForWorker = reopened.plan.queue !== undefined;
    reopened.status = event.status ?? (waitsForWorker ? 'SCHEDULED' : 'IN_PROGRESS');
    reopened.attempt = event.attempt;
    reopened.reason = undefined;
    if (event.output !== undefined) reopened.output = event.output;
    reopened.endedAt = 0;
    reopened.startedAt = waitsForWorker ? 0 : meta.at;
    reopened.dueAt = 0;
    reopened.callbackAfterSeconds = 0;
    reopened.retried = false;
    reopened.joinOpen = event.join?.open ?? 0;
    if (event.request !== undefined) reopened.dispatch = event.request;
  });
  const task = taskById(after.tasks, event.taskId);
  if (task === undefined) return after;
  const { referenceName, seq } = task.plan;
  after.tasks = recountJoins(run.tasks, after.tasks, referenceName);
  if (event.join !== undefined) after.tasks = addJoiner(after.tasks, seq, event.join.on);
  return after;
}

/** As if it had just been scheduled. Who worked on it last stays known, and hand-overs of work are counted on. */
export function taskRerun(run: Run, event: TaskRerun, meta: EventMeta): Run {
  const before = taskById(run.tasks, event.taskId);
  invariant(before !== undefined, `the event names an unknown task ${event.taskId}`);
  const { status, input, dueAt, queue, join, child } = event;
  const fresh = newTask(
    {
      ...before.plan,
      status,
      input,
      dueAt,
      ...(queue !== undefined && { queue }),
      ...(join !== undefined && { join }),
      ...(child !== undefined && { child }),
      firstScheduledAt: meta.at,
    },
    meta.at,
  );
  const again: Task = {
    ...fresh,
    attempt: event.attempt,
    workerId: before.workerId,
    dispatch: child === undefined ? before.dispatch : 0,
    polledDispatch: child === undefined ? before.polledDispatch : 0,
    callbackAfterSeconds: 0,
  };
  const after = withTask(run, before, again, meta.at);
  after.dataBytes = run.dataBytes + dataBytesOf(again) - dataBytesOf(before);
  after.tasks = recountJoins(run.tasks, after.tasks, before.plan.referenceName);
  if (join !== undefined) after.tasks = addJoiner(after.tasks, before.plan.seq, join.on);
  return after;
}
