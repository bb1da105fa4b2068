import type { Quarantine, TaskId, Undeliverable } from '@partitura/model';
import { Agenda } from '../settle/agenda.ts';
import { endTask } from '../settle/end-task.ts';
import { settle } from '../settle/settle.ts';
import type { Turn } from '../settle/turn.ts';
import { Worklist } from '../settle/worklist.ts';
import { isOpen } from '../state/task.ts';
import { taskById } from '../state/task-table.ts';
import { accepted, type WorkflowDecision } from './decision.ts';

/** Goes on with postponed work, and with what ended in the meantime. */
export function continueWork(turn: Turn): WorkflowDecision {
  const { postponed, unfollowed } = turn.run;
  if (postponed === undefined) return accepted(turn);
  turn.emit({ type: 'WorkContinued' });
  turn.agenda = Agenda.from(postponed);
  // Not an empty one: ends of iterations wait for all else in the agenda, and as many as one decision takes would wait for
  // this one again and again.
  if (!unfollowed.isEmpty()) turn.agenda.later({ do: 'each', list: Worklist.of('follow', unfollowed) });
  settle(turn);
  return accepted(turn);
}

/** A hand-over never reached its queue: the attempt has failed, and is retried like any other. */
export function undeliverable(turn: Turn, signal: Undeliverable): WorkflowDecision {
  const task = taskById(turn.run.tasks, signal.taskId as TaskId);
  if (task === undefined || !isOpen(task) || task.dispatch !== signal.dispatch) return accepted(turn);
  endTask(turn, task.plan.seq, { status: 'FAILED', output: task.output, reason: signal.reason });
  settle(turn);
  return accepted(turn);
}

/** A defect stopped the workflow: everybody sees it, and nothing happens until somebody repairs it. */
export function quarantine(turn: Turn, signal: Quarantine): WorkflowDecision {
  if (turn.run.phase === 'ended' || turn.run.phase === 'removed') return accepted(turn);
  turn.emit({ type: 'WorkflowQuarantined', reason: signal.reason });
  return accepted(turn);
}
