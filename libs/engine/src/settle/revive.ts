import type { Node } from '../graph/graph.ts';
import { isOpen, type Task } from '../state/task.ts';
import { allTasks, isRefDecided, newestOf, taskAt } from '../state/task-table.ts';
import { follow } from './follow.ts';
import { spotOf, type Place } from './agenda.ts';
import { entryOf, insideItem, makeAttempt } from './enter.ts';
import type { Inside } from '../task-kind.ts';
import { placeOf } from './step.ts';
import type { Turn } from './turn.ts';

/** A new attempt right away, whatever the retry rules say. */
export function tryAgain(turn: Turn, seq: number): void {
  const task = taskAt(turn.run.tasks, seq);
  makeAttempt(turn, turn.nodeOf(task), placeOf(turn, task), { of: task, dueAt: 0, delaySeconds: 0 });
}

/**
 * The attempt goes on under its old id: a JOIN counts anew what is not decided, work is handed out again, a child is
 * told to go on.
 */
export function reopen(turn: Turn, seq: number): void {
  const task = taskAt(turn.run.tasks, seq);
  if (isOpen(task)) return;
  const { taskId, join, queue } = task.plan;
  const open = join === undefined ? 0 : countOpen(turn, join.on);
  const sameAttempt = queue === undefined && task.status !== 'TIMED_OUT';
  turn.emit({
    type: 'TaskReopened',
    taskId,
    attempt: sameAttempt ? task.attempt : task.attempt + 1,
    ...(join !== undefined && { join: { on: join.on, open } }),
  });
  if (join !== undefined && open === 0) turn.agenda.later({ do: 'wake', seq, signal: 'joined' });
}

/** Hands a reopened attempt out again. To a child that means: go on. */
export function handOutAgain(turn: Turn, seq: number): void {
  const task = taskAt(turn.run.tasks, seq);
  turn.emit({ type: 'TaskDispatched', taskId: task.plan.taskId, dispatch: task.dispatch + 1 });
}

/**
 * A workflow may have ended before everything was entered that a decided task leads to. Entering again what exists
 * changes nothing, so this is safe for every decided task.
 */
export function mend(turn: Turn, seq: number): void {
  const task = taskAt(turn.run.tasks, seq);
  const node = turn.nodeOf(task);
  const place = placeOf(turn, task);
  if (node.kind.unfold !== undefined) {
    turn.agenda.next({ do: 'generate', seq, from: 0 });
    return;
  }
  if (!hasInside(node)) {
    follow(turn, seq);
    return;
  }
  if (insideExists(turn, node, place)) {
    if (node.inside.branches.length > 0) turn.agenda.next({ do: 'branches', from: 0, ...spotOf(node, place) });
    return;
  }
  const then = leadsInto(turn, node, task);
  const inside = then === undefined ? undefined : insideItem(turn, node, seq, place, then);
  if (inside === undefined) follow(turn, seq);
  else turn.agenda.next(inside);
}

/** As recorded, where the kind records it; a fork leads into its branches whatever its input. */
function leadsInto(turn: Turn, node: Node, task: Task): Inside | undefined {
  if (node.kind.leadsInto !== undefined)
    return task.status === 'COMPLETED' ? node.kind.leadsInto(task.output, node.def) : undefined;
  const entry = entryOf(turn, node, placeOf(turn, task), task.plan.taskId);
  return entry.as === 'ended' ? entry.then : undefined;
}

function hasInside({ inside }: Node): boolean {
  return inside.cases.size > 0 || inside.defaultCase !== undefined || inside.branches.length > 0;
}

function insideExists(turn: Turn, node: Node, place: Place): boolean {
  const { cases, defaultCase, branches } = node.inside;
  return [...cases.values(), defaultCase, ...branches].some((head) => {
    if (head === undefined) return false;
    const { taskReferenceName } = turn.neighbour(node, head).task;
    return newestOf(turn.run.tasks, taskReferenceName + place.suffix) !== undefined;
  });
}

function countOpen(turn: Turn, on: readonly string[]): number {
  return [...new Set(on)].filter((ref) => !isRefDecided(turn.run.tasks, ref)).length;
}

/** By seq: of every reference its newest attempt. */
export function newestAttempts(turn: Turn): readonly Task[] {
  const { tasks } = turn.run;
  return [...allTasks(tasks)].filter((task) => newestOf(tasks, task.plan.referenceName) === task);
}
