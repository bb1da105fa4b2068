import type { EventMeta, TaskEnded, TaskProgressed } from '@partitura/model';
import { asksNobodyElse, isAsking } from '../state/task.ts';
import type { Run } from '../state/workflow-state.ts';
import { recountJoins } from './join-counts.ts';
import { changeTask } from './with-task.ts';

export function taskProgressed(run: Run, event: TaskProgressed, meta: EventMeta): Run {
  let unasked = 0;
  const after = changeTask(run, event.taskId, meta.at, (task) => {
    if (isAsking(task)) {
      unasked = task.plan.seq;
      task.offeredAt = 0;
    }
    task.status = event.status;
    task.output = event.output;
    task.reason = event.reason;
    task.workerId = event.workerId;
    task.callbackAfterSeconds = event.callbackAfterSeconds;
    task.dueAt = event.dueAt;
  });
  // An answer that came while nothing may follow from it: it is asked for again later.
  if (unasked > 0 && isHeld(run)) after.unfollowed = after.unfollowed.push(unasked);
  return after;
}

export function taskEnded(run: Run, event: TaskEnded, meta: EventMeta): Run {
  let seq = 0;
  let referenceName = '';
  const after = changeTask(run, event.taskId, meta.at, (task) => {
    ({ seq, referenceName } = task.plan);
    task.status = event.status;
    task.output = event.output;
    task.reason = event.reason;
    task.workerId = event.workerId ?? task.workerId;
    task.endedAt = meta.at;
    task.retried = event.retried;
    if (asksNobodyElse(task)) task.offeredAt = 0;
  });
  if (isHeld(run)) after.unfollowed = after.unfollowed.push(seq);
  after.tasks = recountJoins(run.tasks, after.tasks, referenceName);
  return after;
}

/** Whether what ends now is followed later: after resume or repair, or with the continuation of postponed work. */
export function isHeld(run: Run): boolean {
  if (run.phase === 'ended' || run.phase === 'removed') return false;
  return run.phase === 'paused' || run.postponed !== undefined || run.quarantinedBecause !== undefined;
}
