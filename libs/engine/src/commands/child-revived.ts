import type { ChildRevived } from '@partitura/model';
import { handOutAgain, newestAttempts, reopen } from '../settle/revive.ts';
import { settle } from '../settle/settle.ts';
import type { Turn } from '../settle/turn.ts';
import { isOpen, type Task } from '../state/task.ts';
import { taskById } from '../state/task-table.ts';
import { accepted, repeated, type WorkflowDecision } from './decision.ts';
import { timeoutFrom } from './start-workflow.ts';

/**
 * A child was brought back to life, so its parent lives again too: the task waits for the child as before, other
 * children that did not succeed go on, what was cancelled because of the failure is open again. Tasks that failed by
 * themselves are left alone.
 */
export function childRevived(turn: Turn, command: ChildRevived): WorkflowDecision {
  const task = taskById(turn.run.tasks, command.taskId);
  if (task === undefined || isOpen(task) || task.retried) return repeated();
  if (task.plan.child?.workflowId !== command.childId || turn.nodeOf(task).task.optional === true) return repeated();

  if (turn.run.phase === 'ended') {
    turn.emit({ type: 'WorkflowRetried', timeoutAt: timeoutFrom(turn.at, turn.graph.definition) });
  }
  reopen(turn, task.plan.seq);
  const containers: Task[] = [];
  for (const other of newestAttempts(turn)) {
    if (isOpen(other) || other.plan.seq === task.plan.seq) continue;
    if (turn.nodeOf(other).kind.traits.reopens) containers.push(other);
    else reviveSibling(turn, other);
  }
  for (const container of containers) {
    if (container.status !== 'COMPLETED') turn.agenda.later({ do: 'reopen', seq: container.plan.seq });
  }
  settle(turn);
  return accepted(turn);
}

function reviveSibling(turn: Turn, other: Task): void {
  const { seq, child, queue } = other.plan;
  if (child !== undefined) {
    if (other.status !== 'FAILED' && other.status !== 'TIMED_OUT' && other.status !== 'CANCELED') return;
    reopen(turn, seq);
    handOutAgain(turn, seq);
  } else if (other.status === 'CANCELED') {
    if (queue === undefined) {
      turn.agenda.later({ do: 'again', seq });
    } else {
      reopen(turn, seq);
      handOutAgain(turn, seq);
    }
  } else if (other.status === 'COMPLETED' || other.status === 'COMPLETED_WITH_ERRORS' || other.status === 'SKIPPED') {
    turn.agenda.later({ do: 'mend', seq });
  }
}
