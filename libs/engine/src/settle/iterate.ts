import { isJsonObject, tasksInOrder, type TaskId, type WorkflowTask } from '@partitura/model';
import type { Node } from '../graph/graph.ts';
import type { Task } from '../state/task.ts';
import { newestOf, taskAt, taskById } from '../state/task-table.ts';
import { spotOf, type Place } from './agenda.ts';
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

/** The loop in whose iteration a task runs. */
export function loopAround(turn: Turn, node: Node, place: Place): Task | undefined {
  if (node.loop === undefined) return undefined;
  const outer = place.suffix.slice(0, place.suffix.lastIndexOf('__'));
  return newestOf(turn.run.tasks, turn.neighbour(node, node.loop).task.taskReferenceName + outer);
}

/** Removes the attempts of an iteration that is done, with everything that they generated or repeated themselves. */
export function forgetIteration(turn: Turn, seq: number, iteration: number): void {
  const loop = taskAt(turn.run.tasks, seq);
  const place = inside(placeOf(turn, loop), iteration);
  const seqs = attemptsWithin(turn, turn.nodeOf(loop), place)
    .map(({ plan }) => plan.seq)
    .sort((a, b) => a - b);
  const taskIds: TaskId[] = seqs.map((each) => taskAt(turn.run.tasks, each).plan.taskId);
  if (taskIds.length > 0) turn.emit({ type: 'TasksRemoved', taskIds });
}

/** All attempts of all tasks that an iteration of a loop has started, in no order. */
function attemptsWithin(turn: Turn, loop: Node, place: Place): readonly Task[] {
  return loop.inside.looped.flatMap((number) => {
    const node = turn.neighbour(loop, number);
    const newest = newestOf(turn.run.tasks, node.task.taskReferenceName + place.suffix);
    if (newest === undefined) return [];
    return [...attemptsOf(turn, newest), ...generatedBy(turn, newest, place), ...repeatedBy(turn, node, newest, place)];
  });
}

/** An attempt, and those before it. */
function attemptsOf(turn: Turn, newest: Task): readonly Task[] {
  const found: Task[] = [];
  for (let task: Task | undefined = newest; task !== undefined;) {
    found.push(task);
    const { retriedTaskId }: Task['plan'] = task.plan;
    task = retriedTaskId === undefined ? undefined : taskById(turn.run.tasks, retriedTaskId);
  }
  return found;
}

function generatedBy(turn: Turn, task: Task, place: Place): readonly Task[] {
  const node = turn.nodeOf(task);
  if (node.kind.unfold === undefined) return [];
  const unfolded = turn.engine.library.unfold(node, task.plan.input);
  const generated = Array.from({ length: unfolded.length }, (_, i) => unfolded.at(i) ?? null).filter(isJsonObject);
  return tasksInOrder({ tasks: generated as unknown as readonly WorkflowTask[] }).flatMap(({ taskReferenceName }) => {
    const newest = newestOf(turn.run.tasks, taskReferenceName + place.suffix);
    return newest === undefined ? [] : attemptsOf(turn, newest);
  });
}

function repeatedBy(turn: Turn, node: Node, task: Task, place: Place): readonly Task[] {
  if (node.inside.body === undefined) return [];
  const last = Number(task.output.object['iteration'] ?? 0);
  return Array.from({ length: last }, (_, i) => attemptsWithin(turn, node, inside(place, i + 1))).flat();
}
