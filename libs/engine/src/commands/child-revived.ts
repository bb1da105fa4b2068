import type { ChildRevived } from '@partitura/model';
import { handOutAgain, reopen, reviveOthers } from '../settle/revive.ts';
import { settle } from '../settle/settle.ts';
import type { Turn } from '../settle/turn.ts';
import { isLate, isOpen, type Task } from '../state/task.ts';
import { taskById } from '../state/task-table.ts';
import { accepted, repeated, type WorkflowDecision } from './decision.ts';
import { timeoutFrom } from './start-workflow.ts';

/**
 * A child lives again because somebody wanted it, so its task waits for it again, and a parent that has ended lives
 * again too; what failed there by itself fails it again. The child is asked for its end: it may be over by now.
 */
export function childRevived(turn: Turn, command: ChildRevived): WorkflowDecision {
  const task = taskById(turn.run.tasks, command.taskId);
  if (task === undefined || isOpen(task) || task.retried || isLate(task, command.request)) return repeated();
  if (task.plan.child?.workflowId !== command.childId || turn.nodeOf(task).task.optional === true) return repeated();
  const { seq } = task.plan;
  const request = task.dispatch + 1;
  if (turn.run.phase !== 'ended') {
    reopen(turn, seq, { request });
    return accepted(turn);
  }
  live(turn);
  reopen(turn, seq, { request });
  reviveOthers(turn, 'follow');
  settle(turn);
  return accepted(turn);
}

/**
 * The same, begun from above: the child is told to go on, other children that did not succeed go on too, and what else
 * had failed is tried again.
 *
 * @param request Of the parent that asked for it, if one did.
 */
export function reviveWith(turn: Turn, { plan: { seq } }: Task, request: number | undefined): void {
  live(turn, request);
  reopen(turn, seq);
  reviveOthers(turn, 'again');
  handOutAgain(turn, seq);
  settle(turn);
}

/** An ended workflow runs again. */
export function live(turn: Turn, request?: number): void {
  const timeoutAt = timeoutFrom(turn.at, turn.graph.definition);
  turn.emit({ type: 'WorkflowRetried', timeoutAt, ...(request !== undefined && { request }) });
}
