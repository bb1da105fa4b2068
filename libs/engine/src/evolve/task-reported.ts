import type { EventMeta, TaskEnded, TaskProgressed } from '@partitura/model';
import { draftOf, isOpen, type Task } from '../state/task.ts';
import { taskAt, type TaskTable } from '../state/task-table.ts';
import type { Run } from '../state/workflow-state.ts';
import { changeTask } from './with-task.ts';

export function taskProgressed(run: Run, event: TaskProgressed, meta: EventMeta): Run {
  return changeTask(run, event.taskId, meta.at, (task) => {
    task.status = event.status;
    task.output = event.output;
    task.reason = event.reason;
    task.workerId = event.workerId;
    task.callbackAfterSeconds = event.callbackAfterSeconds;
    task.dueAt = event.dueAt;
  });
}

export function taskEnded(run: Run, event: TaskEnded, meta: EventMeta): Run {
  let seq = 0;
  const after = changeTask(run, event.taskId, meta.at, (task) => {
    seq = task.plan.seq;
    task.status = event.status;
    task.output = event.output;
    task.reason = event.reason;
    task.workerId = event.workerId ?? task.workerId;
    task.endedAt = meta.at;
    task.retried = event.retried;
  });
  if (isHeld(run)) after.unfollowed = after.unfollowed.push(seq);
  if (!event.retried) after.tasks = countDown(after.tasks, taskAt(after.tasks, seq));
  return after;
}

/** Whether what ends now is followed later: after resume or repair, or with the continuation of postponed work. */
export function isHeld(run: Run): boolean {
  if (run.phase === 'ended' || run.phase === 'removed') return false;
  return run.phase === 'paused' || run.postponed !== undefined || run.quarantinedBecause !== undefined;
}

/** The open JOINs that name this reference wait for one task less. */
function countDown(table: TaskTable, ended: Task): TaskTable {
  const joiners = table.joiners.get(ended.plan.referenceName);
  if (joiners === undefined) return table;
  let bySeq = table.bySeq;
  for (const seq of joiners) {
    const join = taskAt(table, seq);
    if (!isOpen(join)) continue;
    const waiting = draftOf(join);
    waiting.joinOpen -= 1;
    bySeq = bySeq.set(seq - 1, waiting);
  }
  return { ...table, bySeq };
}
