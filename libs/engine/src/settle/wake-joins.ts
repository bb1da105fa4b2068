import { isOpen, type Task } from '../state/task.ts';
import { joinersOf, taskAt } from '../state/task-table.ts';
import type { Turn } from './turn.ts';

/** A JOIN runs when the last task that it waits for is decided. */
export function wakeJoins(turn: Turn, ended: Task): void {
  const { tasks } = turn.run;
  for (const seq of joinersOf(tasks, ended.plan.referenceName)) {
    const join = taskAt(tasks, seq);
    if (isOpen(join) && join.joinOpen === 0) turn.agenda.later({ do: 'wake', seq, signal: 'joined' });
  }
}
