import type { ChildRevived } from '@partitura/model';
import { handOutAgain, reopen, reviveOthers } from '../settle/revive.ts';
import { settle } from '../settle/settle.ts';
import type { Turn } from '../settle/turn.ts';
import { isOpen, type Task } from '../state/task.ts';
import { taskById } from '../state/task-table.ts';
import { accepted, repeated, type WorkflowDecision } from './decision.ts';
import { timeoutFrom } from './start-workflow.ts';

/** A child was brought back to life, so its parent lives again too. Tasks that failed by themselves fail it again. */
export function childRevived(turn: Turn, command: ChildRevived): WorkflowDecision {
  const task = taskById(turn.run.tasks, command.taskId);
  if (task === undefined || isOpen(task) || task.retried) return repeated();
  if (task.plan.child?.workflowId !== command.childId || turn.nodeOf(task).task.optional === true) return repeated();
  revive(turn, task, 'follow');
  settle(turn);
  return accepted(turn);
}

/** The same, begun from above: the child is told to go on, and what else had failed is tried again. */
export function reviveWith(turn: Turn, task: Task): void {
  revive(turn, task, 'again');
  handOutAgain(turn, task.plan.seq);
  settle(turn);
}

/**
 * The task waits for its child as before, other children that did not succeed go on, what was cancelled because of the
 * failure is open again.
 */
function revive(turn: Turn, task: Task, failed: 'follow' | 'again'): void {
  if (turn.run.phase === 'ended') {
    turn.emit({ type: 'WorkflowRetried', timeoutAt: timeoutFrom(turn.at, turn.graph.definition) });
  }
  reopen(turn, task.plan.seq);
  reviveOthers(turn, failed);
}
