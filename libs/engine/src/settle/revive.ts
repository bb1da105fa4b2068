import type { Payload } from '@partitura/model';
import type { Node } from '../graph/graph.ts';
import { hasFailed, isOpen, wasPassedOver, type Task } from '../state/task.ts';
import { allTasks, countUndecided, isNewest, taskAt } from '../state/task-table.ts';
import { follow } from './follow.ts';
import { handOver } from './hand-over.ts';
import { spotOf } from './agenda.ts';
import { enterAgain, entryOf, insideItem, makeAttempt } from './enter.ts';
import type { Inside } from '../task-kind.ts';
import { placeOf } from './step.ts';
import type { Turn } from './turn.ts';
import { joinsAround } from './undo.ts';
import { endAgain } from './wake-task.ts';
import { Worklist } from './worklist.ts';

/** A new attempt right away, whatever the retry rules say. */
export function tryAgain(turn: Turn, seq: number): void {
  const task = taskAt(turn.run.tasks, seq);
  makeAttempt(turn, turn.nodeOf(task), placeOf(turn, task), { retrying: { of: task, dueAt: 0, delaySeconds: 0 } });
}

/** What is not as it was when an attempt is opened again. */
interface Otherwise {
  readonly output?: Payload;
  /** Its child lives again by itself: the request under which it is to say how it ends. */
  readonly request?: number;
}

/**
 * The attempt goes on under its old id: a JOIN counts anew what is not decided, a loop goes on with its iteration, work is
 * handed out again, a child is told to go on.
 */
export function reopen(turn: Turn, seq: number, otherwise: Otherwise = {}): void {
  const task = taskAt(turn.run.tasks, seq);
  if (isOpen(task)) return;
  const { taskId, join, queue } = task.plan;
  const open = join === undefined ? 0 : countUndecided(turn.run.tasks, join.on);
  const sameAttempt = queue === undefined && task.status !== 'TIMED_OUT';
  turn.emit({
    type: 'TaskReopened',
    taskId,
    attempt: sameAttempt ? task.attempt : task.attempt + 1,
    status: queue === undefined ? 'IN_PROGRESS' : 'SCHEDULED',
    ...(join !== undefined && { join: { on: join.on, open } }),
    ...otherwise,
  });
  if (join !== undefined && open === 0) turn.agenda.later({ do: 'wake', seq, signal: 'joined' });
  if (turn.nodeOf(task).inside.body !== undefined) turn.agenda.later({ do: 'wake', seq, signal: 'run' });
}

/** An ended attempt runs again under its old id, with the input that it had; one that was cancelled counts as another. */
export function rerun(turn: Turn, seq: number): void {
  const task = taskAt(turn.run.tasks, seq);
  if (isOpen(task)) return;
  const input = isControl(turn.nodeOf(task)) ? undefined : task.plan.input;
  enterAgain(turn, seq, input, task.status === 'CANCELED' ? task.attempt + 1 : task.attempt);
}

/** Whether what a task does is to choose other tasks; such a task is evaluated anew, not repeated. */
export function isControl(node: Node): boolean {
  return hasInside(node) || node.kind.unfold !== undefined || node.kind.traits.reopens;
}

/**
 * After some tasks of an ended workflow were opened again: what has to go on beside them. Children go on themselves,
 * containers wait again, what was cancelled is handed out again under its old id, and what had succeeded is followed by
 * what it leads to.
 *
 * @param failed What becomes of tasks that failed by themselves: they fail the workflow again, get a new attempt, or run once more.
 */
export function reviveOthers(turn: Turn, failed: 'follow' | 'again' | 'rerun'): void {
  const [loops, cancelled, others, joins] = [new Worklist(), new Worklist(), new Worklist(), new Worklist()];
  const newest = newestAttempts(turn);
  // Children that were told to go on would only be stopped again.
  const endsAgain = failed === 'follow' && newest.some((task) => endsWorkflow(turn, task));
  for (const task of newest) {
    const { seq, child, queue } = task.plan;
    const left = failed === 'rerun' && wasLeft(turn, task);
    if (isOpen(task) || (task.status === 'SKIPPED' && !left)) continue;
    const waits = child !== undefined && !isRefused(task);
    if (endsAgain && waits && hasFailed(task)) continue;
    const interrupted = task.status === 'CANCELED' || left;
    if (!hasFailed(task) && !left) others.add('mend', seq);
    else if (turn.kindOf(task).traits.reopens) (repeats(turn, task) ? loops : joins).add('reopen', seq);
    else if (waits || (interrupted && queue !== undefined)) cancelled.add('goOn', seq);
    else if (interrupted) others.add('rerun', seq);
    else others.add(failed, seq);
  }
  for (const list of [loops, cancelled, others, joins]) turn.agenda.later({ do: 'each', list });
}

/** Nothing goes on inside a loop that is not open, so loops come first; a JOIN counts what is open, so it comes last. */
export const repeats = (turn: Turn, task: Task): boolean => turn.nodeOf(task).inside.body !== undefined;

/** A jump left it undone, and now a JOIN waits for its branch again. */
function wasLeft(turn: Turn, task: Task): boolean {
  if (task.status !== 'SKIPPED' || wasPassedOver(task)) return false;
  return joinsAround(turn, task).some(isOpen);
}

/** It failed by itself, or is there to end the workflow, and nothing is going to change that. */
function endsWorkflow(turn: Turn, task: Task): boolean {
  if (isOpen(task) || task.status === 'SKIPPED' || task.status === 'CANCELED') return false;
  if (!hasFailed(task)) return turn.kindOf(task).traits.endsFlow;
  const { kind, task: definition } = turn.nodeOf(task);
  const waits = task.plan.child !== undefined && !isRefused(task);
  return !waits && !kind.traits.reopens && definition.permissive !== true;
}

/** There never was such a child: the task has failed by itself. */
const isRefused = (task: Task): boolean => task.dispatch > 0 && !hasChild(task);

/** A child that could not even start is replaced, not resumed. */
export const hasChild = ({ plan, dispatch, output }: Task): boolean =>
  plan.child !== undefined && dispatch > 0 && output.object['subWorkflowId'] === plan.child.workflowId;

export function goOn(turn: Turn, seq: number): void {
  reopen(turn, seq);
  handOutAgain(turn, seq);
}

/** Hands a reopened attempt out again. To a child that means: go on. */
export function handOutAgain(turn: Turn, seq: number): void {
  const task = taskAt(turn.run.tasks, seq);
  handOver(turn, task.plan.taskId, task.dispatch + 1);
}

/**
 * A workflow may have ended before everything was entered that a decided task leads to. Entering again what exists
 * changes nothing, so this is safe for every decided task.
 */
export function mend(turn: Turn, seq: number): void {
  const task = taskAt(turn.run.tasks, seq);
  const node = turn.nodeOf(task);
  if (node.kind.traits.endsFlow) {
    endAgain(turn, task);
    return;
  }
  const place = placeOf(turn, task);
  if (node.kind.unfold !== undefined) {
    turn.agenda.next({ do: 'generate', seq, from: 0 });
    return;
  }
  if (!hasInside(node)) {
    follow(turn, seq);
    return;
  }
  if (node.inside.branches.length > 0) {
    turn.agenda.next({ do: 'branches', from: 0, ...spotOf(node, place) });
    return;
  }
  const then = leadsInto(turn, node, task);
  const inside = then === undefined ? undefined : insideItem(turn, node, seq, place, then);
  if (inside === undefined) follow(turn, seq);
  else turn.agenda.next(inside);
}

/** As recorded, where the kind records it. */
function leadsInto(turn: Turn, node: Node, task: Task): Inside | undefined {
  if (task.status !== 'COMPLETED') return undefined;
  if (node.kind.leadsInto !== undefined) return node.kind.leadsInto(task.output, node.def);
  const entry = entryOf(turn, node, placeOf(turn, task), task.plan.taskId);
  return entry.as === 'ended' ? entry.then : undefined;
}

function hasInside({ inside }: Node): boolean {
  return inside.cases.size > 0 || inside.defaultCase !== undefined || inside.branches.length > 0;
}

/** By seq: of every reference its newest attempt. */
export function newestAttempts(turn: Turn): readonly Task[] {
  const { tasks } = turn.run;
  const newest: Task[] = [];
  for (const task of allTasks(tasks)) if (isNewest(tasks, task)) newest.push(task);
  return newest;
}
