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
    iteration(number) {
      const { suffix } = inside(place, number);
      const found: { readonly referenceName: string; readonly task: TaskFacts }[] = [];
      for (const inner of node.inside.looped) {
        const referenceName = turn.neighbour(node, inner).task.taskReferenceName;
        const inIteration = newestOf(turn.run.tasks, referenceName + suffix);
        if (inIteration !== undefined) found.push({ referenceName, task: factsOf(turn, inIteration) });
      }
      return found;
    },
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

const factsOf = (turn: Sight, task: Task): TaskFacts => new Facts(turn, task);

/** A class, since a JOIN or a loop may look at a hundred thousand. */
class Facts implements TaskFacts {
  readonly #turn: Sight;
  readonly #task: Task;

  constructor(turn: Sight, task: Task) {
    this.#turn = turn;
    this.#task = task;
  }

  get taskId() {
    return this.#task.plan.taskId;
  }
  get status() {
    return this.#task.status;
  }
  get reason() {
    return this.#task.reason;
  }
  get input() {
    return this.#task.plan.input;
  }
  get output() {
    return this.#task.output;
  }
  get taskDefName() {
    return this.#task.plan.taskDefName;
  }
  get endedAt() {
    return this.#task.endedAt;
  }
  get optional() {
    return this.#turn.nodeOf(this.#task).task.optional === true;
  }
  get permissive() {
    return this.#turn.nodeOf(this.#task).task.permissive === true;
  }
  get childId() {
    return this.#task.plan.child?.workflowId;
  }
  get joinOn() {
    return this.#task.plan.join?.on ?? [];
  }
}
