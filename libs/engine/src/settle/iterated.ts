import { isAsking, isOpen } from '../state/task.ts';
import { newestOf } from '../state/task-table.ts';
import type { Item } from './agenda.ts';
import type { Turn } from './turn.ts';
import { wakeTask } from './wake-task.ts';

/**
 * Tells a loop that an iteration is done: nothing of it is open, and nothing that remains to be done in this decision
 * could add to it. Several ends of branches may lead here; only the newest iteration counts, and only once.
 */
export function iterated(turn: Turn, item: Extract<Item, { readonly do: 'iterated' }>): void {
  if (turn.agenda.isBusy) {
    turn.agenda.later(item);
    return;
  }
  const { tasks } = turn.run;
  const node = turn.node(item.node, item.embedded);
  const { suffix, iteration } = item.place;
  const outer = suffix.slice(0, suffix.lastIndexOf('__'));
  const loop = newestOf(tasks, node.task.taskReferenceName + outer);
  if (loop === undefined || !isOpen(loop) || isAsking(loop) || turn.run.phase !== 'running') return;
  const names = node.inside.looped.map((number) => turn.neighbour(node, number).task.taskReferenceName);
  const following = `${outer}__${iteration + 1}`;
  for (const name of names) {
    const task = newestOf(tasks, name + suffix);
    if (task !== undefined && isOpen(task)) return;
    if (newestOf(tasks, name + following) !== undefined) return;
  }
  wakeTask(turn, loop.plan.seq, { kind: 'iterated', iteration });
}
