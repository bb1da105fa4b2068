import type { TaskId } from '@partitura/model';
import type { Turn } from './turn.ts';

/**
 * Gives an attempt to whoever carries it out: a queue, or a child workflow. Every hand-over goes through here, the first
 * one and all later ones, so this is where a limit on how many run at once has to be asked.
 *
 * @param dispatch 1, 2, 3 … per attempt.
 */
export function handOver(turn: Turn, taskId: TaskId, dispatch: number): void {
  turn.emit({ type: 'TaskDispatched', taskId, dispatch });
}
