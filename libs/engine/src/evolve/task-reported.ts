import type { EventMeta, TaskEnded, TaskProgressed } from '@partitura/model';
import { isOpen, type Task } from '../state/task.ts';
import { taskAt, taskById, type TaskTable } from '../state/task-table.ts';
import type { Run } from '../state/workflow-state.ts';
import { changeTask } from './with-task.ts';

export function taskProgressed(run: Run, event: TaskProgressed, meta: EventMeta): Run {
  return changeTask(run, event.taskId, meta.at, () => ({
    status: event.status,
    output: event.output,
    reason: event.reason,
    workerId: event.workerId,
    callbackAfterSeconds: event.callbackAfterSeconds,
    dueAt: event.dueAt,
  }));
}

export function taskEnded(run: Run, event: TaskEnded, meta: EventMeta): Run {
  const after = changeTask(run, event.taskId, meta.at, (task) => ({
    status: event.status,
    output: event.output,
    reason: event.reason,
    workerId: event.workerId ?? task.workerId,
    endedAt: meta.at,
    retried: event.retried,
  }));
  const task = taskById(after.tasks, event.taskId);
  if (task === undefined) return after;
  const unfollowed = isHeld(run) ? after.unfollowed.push(task.plan.seq) : after.unfollowed;
  return { ...after, unfollowed, tasks: event.retried ? after.tasks : countDown(after.tasks, task) };
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
    if (isOpen(join)) bySeq = bySeq.set(seq - 1, { ...join, joinOpen: join.joinOpen - 1 });
  }
  return { ...table, bySeq };
}
