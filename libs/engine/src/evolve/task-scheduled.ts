import { Payload, type EventMeta, type TaskScheduled } from '@partitura/model';
import { draftOf, type Task } from '../state/task.ts';
import { addJoiner, taskById } from '../state/task-table.ts';
import type { Run } from '../state/workflow-state.ts';
import { recountJoins } from './join-counts.ts';
import { withNewTask, withTask } from './with-task.ts';

export function taskScheduled(run: Run, event: TaskScheduled, meta: EventMeta): Run {
  const after = withNewTask(supersede(run, event, meta.at), newTask(event, meta.at), meta.at);
  after.tasks = recountJoins(run.tasks, after.tasks, event.referenceName);
  if (event.join !== undefined) after.tasks = addJoiner(after.tasks, event.seq, event.join.on);
  return after;
}

/** The attempt that this one continues is no longer the last word, whatever was said when it ended. */
function supersede(run: Run, event: TaskScheduled, at: number): Run {
  const previous = event.retriedTaskId === undefined ? undefined : taskById(run.tasks, event.retriedTaskId);
  if (previous === undefined || previous.retried) return run;
  const superseded = draftOf(previous);
  superseded.retried = true;
  return withTask(run, previous, superseded, at);
}

/** An attempt of which nothing has been done. */
export function newTask(event: TaskScheduled, at: number): Task {
  return {
    plan: event,
    attempt: event.attempt,
    scheduledAt: at,
    status: event.status,
    output: event.child === undefined ? Payload.empty : Payload.of({ subWorkflowId: event.child.workflowId }),
    reason: undefined,
    workerId: undefined,
    dispatch: 0,
    polledDispatch: 0,
    pollCount: 0,
    dueAt: event.dueAt,
    offeredAt: 0,
    startedAt: event.status === 'IN_PROGRESS' ? at : 0,
    updatedAt: at,
    endedAt: 0,
    callbackAfterSeconds: event.startDelaySeconds,
    retried: false,
    joinOpen: event.join?.open ?? 0,
  };
}
