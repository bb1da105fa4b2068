import { taskAt } from '../state/task-table.ts';
import type { Turn } from './turn.ts';

/** Asks whoever works on the queue of the kind's type. An answer to an earlier question no longer counts. */
export function ask(turn: Turn, seq: number): void {
  const { plan, dispatch } = taskAt(turn.run.tasks, seq);
  turn.emit({ type: 'TaskDispatched', taskId: plan.taskId, dispatch: dispatch + 1 });
}
