import { taskAt } from '../state/task-table.ts';
import { spotOf } from './agenda.ts';
import { inside, placeOf } from './step.ts';
import type { Turn } from './turn.ts';

/** Enters the body of a loop once more. */
export function iterate(turn: Turn, seq: number, iteration: number): void {
  const loop = taskAt(turn.run.tasks, seq);
  const node = turn.nodeOf(loop);
  const { body } = node.inside;
  if (body === undefined) return;
  const place = inside(placeOf(turn, loop), iteration);
  turn.agenda.next({ do: 'enter', ...spotOf(turn.neighbour(node, body), place) });
}
