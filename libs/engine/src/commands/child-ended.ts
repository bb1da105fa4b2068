import type { ChildEnded } from '@partitura/model';
import { settle } from '../settle/settle.ts';
import type { Turn } from '../settle/turn.ts';
import { wakeTask } from '../settle/wake-task.ts';
import { isLate, isOpen } from '../state/task.ts';
import { taskById } from '../state/task-table.ts';
import { accepted, repeated, type WorkflowDecision } from './decision.ts';

/**
 * A child has ended: its task takes the outcome over, unless it has one, or is about another child by now, or waits for
 * what the child does because of a later request.
 */
export function childEnded(turn: Turn, command: ChildEnded): WorkflowDecision {
  const task = taskById(turn.run.tasks, command.taskId);
  if (task === undefined || !isOpen(task) || task.plan.child?.workflowId !== command.childId) return repeated();
  if (isLate(task, command.request)) return repeated();
  const { status, reason } = command;
  const output = command.output.value === null ? undefined : command.output.object;
  wakeTask(turn, task.plan.seq, { kind: 'childEnded', status, reason, output });
  settle(turn);
  return accepted(turn);
}
