import { Payload, type TaskId } from '@partitura/model';
import type { Node } from '../graph/graph.ts';
import type { Task } from '../state/task.ts';
import type { OpenStep, Step, TaskFacts } from '../task-kind.ts';
import { outside, type Place } from './agenda.ts';
import { newestOf } from '../state/task-table.ts';
import { findTask, scopeOf } from './scope.ts';
import type { Sight, Turn } from './turn.ts';

/**
 * What a kind gets to see when an attempt of this task begins.
 *
 * @param given Instead of the input that the definition describes.
 */
export function stepOf(turn: Sight, node: Node, place: Place, taskId: TaskId, given?: Payload): Step {
  const { run } = turn;
  const { start } = run;
  const viewpoint = node.kind.traits.knowsItsId ? { suffix: place.suffix, taskId } : { suffix: place.suffix };
  const scope = scopeOf(turn, viewpoint);
  return {
    def: node.def,
    task: node.task,
    taskId,
    at: turn.at,
    workflow: {
      workflowId: run.id,
      name: start.name,
      version: start.version,
      correlationId: start.correlationId,
      priority: start.priority,
      taskToDomain: start.taskToDomain,
      variables: run.variables,
    },
    next: node.next === undefined ? undefined : turn.neighbour(node, node.next).task,
    previous: node.previous === undefined ? undefined : turn.neighbour(node, node.previous).task,
    input: () =>
      given ?? ('constant' in node.input ? node.input.constant : Payload.of(node.input.template.render(scope))),
    render: (template) => template.render(scope),
    withFuel: (spend) => turn.withFuel(spend),
    find: (referenceName) => {
      const task = findTask(run, referenceName, place.suffix);
      return task === undefined ? undefined : factsOf(turn, task);
    },
    isTaken: (referenceName) => newestOf(run.tasks, referenceName + place.suffix) !== undefined,
    hasBegun: (type) =>
      turn.graph.nodes.some(
        ({ task }) => task.type === type && newestOf(run.tasks, task.taskReferenceName) !== undefined,
      ),
  };
}

/** What a kind gets to see when an open attempt is woken. */
export function openStepOf(turn: Sight, task: Task): OpenStep {
  const node = turn.nodeOf(task);
  const place = placeOf(turn, task);
  const step = stepOf(turn, node, place, task.plan.taskId);
  return {
    ...step,
    self: factsOf(turn, task),
    iteration: (number) =>
      node.inside.looped.flatMap((inner) => {
        const referenceName = turn.neighbour(node, inner).task.taskReferenceName;
        const found = newestOf(turn.run.tasks, referenceName + inside(place, number).suffix);
        return found === undefined ? [] : [{ referenceName, task: factsOf(turn, found) }];
      }),
  };
}

/** The place of an iteration of a loop that runs in a place itself. */
export const inside = (place: Place, iteration: number): Place => ({
  suffix: `${place.suffix}__${iteration}`,
  iteration,
});

/** In which iteration a task runs: what its reference name has more than the definition's. */
export function placeOf(turn: Pick<Turn, 'nodeOf'>, task: Task): Place {
  if (task.plan.iteration === 0) return outside;
  const suffix = task.plan.referenceName.slice(turn.nodeOf(task).task.taskReferenceName.length);
  return { suffix, iteration: task.plan.iteration };
}

function factsOf(turn: Sight, task: Task): TaskFacts {
  return {
    taskId: task.plan.taskId,
    status: task.status,
    reason: task.reason,
    input: task.plan.input,
    output: task.output,
    taskDefName: task.plan.taskDefName,
    endedAt: task.endedAt,
    get optional() {
      return turn.nodeOf(task).task.optional === true;
    },
    get permissive() {
      return turn.nodeOf(task).task.permissive === true;
    },
    childId: task.plan.child?.workflowId,
    joinOn: task.plan.join?.on ?? [],
  };
}
