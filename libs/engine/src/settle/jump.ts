import { isOpen } from '../state/task.ts';
import { newestOf } from '../state/task-table.ts';
import { outside, type Item } from './agenda.ts';
import { makeAttempt } from './enter.ts';
import { skip } from './skip.ts';
import type { Turn } from './turn.ts';

/** Passes over what is open and over what was not reached, as far as this decision can hold it, then begins the task. */
export function jump(turn: Turn, item: Extract<Item, { readonly do: 'jump' }>): void {
  const { to, input } = item;
  const target = turn.node(to);
  const reason = `The workflow went on with ${target.task.taskReferenceName}`;
  const { size } = turn.run.tasks.bySeq;
  for (let seq = item.from; seq <= size && turn.run.tasks.openCount > 0; seq++) {
    const task = turn.run.tasks.bySeq.get(seq - 1);
    if (task === undefined || !isOpen(task)) continue;
    if (turn.isFull) {
      turn.agenda.next({ ...item, from: seq });
      return;
    }
    const { plan, output } = task;
    turn.emit({ type: 'TaskEnded', taskId: plan.taskId, status: 'SKIPPED', output, reason, retried: false });
  }
  for (const number of turn.graph.topLevel) {
    if (number === to) break;
    const node = turn.node(number);
    if (newestOf(turn.run.tasks, node.task.taskReferenceName) !== undefined) continue;
    if (turn.isFull) {
      turn.agenda.next({ ...item, from: size + 1 });
      return;
    }
    skip(turn, node, outside);
  }
  makeAttempt(turn, target, outside, { input });
}
