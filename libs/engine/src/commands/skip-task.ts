import { rejection, type JumpToTask, type Payload, type SkipTask } from '@partitura/model';
import type { Node } from '../graph/graph.ts';
import { outside, type Place } from '../settle/agenda.ts';
import { settle } from '../settle/settle.ts';
import { skip, waitsForOthers } from '../settle/skip.ts';
import type { Turn } from '../settle/turn.ts';
import { newestOf, withoutIteration } from '../state/task-table.ts';
import { accepted, refused, type WorkflowDecision } from './decision.ts';

/** A task that was not reached yet is passed over when it is; its output is there at once. */
export function skipTask(turn: Turn, { referenceName, input, output }: SkipTask): WorkflowDecision {
  const found = findSpot(turn, referenceName);
  if (found === undefined) {
    const { name } = turn.run.start;
    return refusedAs(`The task referenced by ${referenceName} does not exist in the WorkflowDefinition ${name}`);
  }
  const { node, place } = found;
  if (place.iteration === 0 && node.loop !== undefined) {
    return refusedAs(
      `The task referenced by ${referenceName} runs in a loop; name the iteration too, as in ${referenceName}__1`,
    );
  }
  if (newestOf(turn.run.tasks, referenceName) !== undefined) {
    return refusedAs(`The task referenced ${referenceName} has already been processed, cannot be skipped`);
  }
  skipWithJoin(turn, node, place, input, output);
  settle(turn);
  return accepted(turn);
}

/** A fork that is skipped takes its JOIN along, for which there would be nothing to wait. */
function skipWithJoin(turn: Turn, node: Node, place: Place, input?: Payload, output?: Payload): void {
  skip(turn, node, place, input, output);
  const forks = node.inside.branches.length > 0 || node.kind.unfold !== undefined;
  if (!forks || node.next === undefined) return;
  const join = turn.neighbour(node, node.next);
  if (newestOf(turn.run.tasks, join.task.taskReferenceName + place.suffix) === undefined) skip(turn, join, place);
}

/**
 * Goes on with a task of the top level that was not reached yet: what runs is left, what comes before it is skipped.
 */
export function jumpToTask(turn: Turn, { referenceName, input }: JumpToTask): WorkflowDecision {
  const { graph } = turn;
  const target = graph.topLevel.find((number) => turn.node(number).task.taskReferenceName === referenceName);
  if (target === undefined) {
    const { name } = turn.run.start;
    return refusedAs(
      `The task referenced by ${referenceName} is not at the top level of the WorkflowDefinition ${name}`,
    );
  }
  if (newestOf(turn.run.tasks, referenceName) !== undefined) {
    return refusedAs(`The task referenced ${referenceName} has already been processed, cannot be jumped to`);
  }
  if (waitsForOthers(turn.node(target))) {
    return refusedAs(
      `The task referenced by ${referenceName} waits for tasks that come before it, jump to the next one`,
    );
  }
  turn.agenda.next({ do: 'jump', from: 1, to: target, ...(input !== undefined && { input }) });
  settle(turn);
  return accepted(turn);
}

/** The task that a reference name means, with the iterations that its suffix names. */
function findSpot(turn: Turn, referenceName: string): { readonly node: Node; readonly place: Place } | undefined {
  const { nodes } = turn.graph;
  const named = (name: string): Node | undefined => nodes.find(({ task }) => task.taskReferenceName === name);
  const whole = named(referenceName);
  if (whole !== undefined) return { node: whole, place: outside };
  const name = withoutIteration(referenceName);
  const node = named(name);
  if (node?.loop === undefined) return undefined;
  const suffix = referenceName.slice(name.length);
  return { node, place: { suffix, iteration: Number(suffix.slice(suffix.lastIndexOf('__') + 2)) } };
}

const refusedAs = (reason: string): WorkflowDecision => refused(rejection('INVALID_STATE', reason));
