import type { Fuel, Scope, Template } from '@partitura/expressions';
import { Payload, type Json, type TaskId, type WorkflowTask } from '@partitura/model';
import type { Node } from '../graph/graph.ts';
import type { Task } from '../state/task.ts';
import type { Run } from '../state/workflow-state.ts';
import type { OpenStep, Step, TaskFacts, WorkflowFacts } from '../task-kind.ts';
import { outside, type Place } from './agenda.ts';
import { distinct, Finder, newestOf } from '../state/task-table.ts';
import { findTask, scopeOf } from './scope.ts';
import type { Sight, Turn } from './turn.ts';

/**
 * What a kind gets to see when an attempt of this task begins.
 *
 * @param given Instead of the input that the definition describes.
 */
export function stepOf(turn: Sight, node: Node, place: Place, taskId: TaskId, given?: Payload): Step {
  return new Sighted(turn, node, place, taskId, given);
}

/** What a kind gets to see when an open attempt is woken. */
export function openStepOf(turn: Sight, task: Task): OpenStep {
  return new OpenSighted(turn, turn.nodeOf(task), placeOf(turn, task), task);
}

/** Nothing is looked up before it is asked for: most kinds look at little of it. */
class Sighted implements Step {
  protected readonly turn: Sight;
  protected readonly run: Run;
  protected readonly node: Node;
  protected readonly place: Place;
  readonly taskId: TaskId;
  readonly #given: Payload | undefined;
  #scope: Scope | undefined;

  constructor(turn: Sight, node: Node, place: Place, taskId: TaskId, given?: Payload) {
    this.turn = turn;
    this.run = turn.run;
    this.node = node;
    this.place = place;
    this.taskId = taskId;
    this.#given = given;
  }

  get def() {
    return this.node.def;
  }
  get task() {
    return this.node.task;
  }
  get at() {
    return this.turn.at;
  }
  get workflow(): WorkflowFacts {
    const { id, start, variables } = this.run;
    const { name, version, correlationId, priority, taskToDomain } = start;
    return { workflowId: id, name, version, correlationId, priority, taskToDomain, variables };
  }
  get next() {
    return this.#neighbour(this.node.next);
  }
  get previous() {
    return this.#neighbour(this.node.previous);
  }

  input(): Payload {
    const { input } = this.node;
    return this.#given ?? ('constant' in input ? input.constant : Payload.of(this.render(input.template)));
  }
  render(template: Template): Json {
    return template.render(this.#seen());
  }
  withFuel<T>(spend: (fuel: Fuel) => T): T {
    return this.turn.withFuel(spend);
  }
  find(referenceName: string): TaskFacts | undefined {
    const task = findTask(this.run, referenceName, this.place.suffix);
    return task === undefined ? undefined : factsOf(this.turn, task);
  }
  findEach(referenceNames: readonly string[], found: (task: TaskFacts, referenceName: string) => void): void {
    const finder = new Finder(this.run.tasks);
    const newest = (name: string): Task | undefined => finder.newest(name);
    for (const referenceName of distinct(referenceNames)) {
      const task = findTask(this.run, referenceName, this.place.suffix, newest);
      if (task !== undefined) found(factsOf(this.turn, task), referenceName);
    }
  }
  isTaken(referenceName: string): boolean {
    return newestOf(this.run.tasks, referenceName + this.place.suffix) !== undefined;
  }
  hasBegun(type: string): boolean {
    const { tasks } = this.run;
    return this.turn.graph.nodes.some(
      ({ task }) => task.type === type && newestOf(tasks, task.taskReferenceName) !== undefined,
    );
  }

  #neighbour(number: number | undefined): WorkflowTask | undefined {
    return number === undefined ? undefined : this.turn.neighbour(this.node, number).task;
  }

  #seen(): Scope {
    const { suffix } = this.place;
    const viewpoint = this.node.kind.traits.knowsItsId ? { suffix, taskId: this.taskId } : { suffix };
    return (this.#scope ??= scopeOf(this.turn, viewpoint));
  }
}

class OpenSighted extends Sighted implements OpenStep {
  readonly self: TaskFacts;
  #finder: Finder | undefined;
  #names: readonly string[] | undefined;

  constructor(turn: Sight, node: Node, place: Place, task: Task) {
    super(turn, node, place, task.plan.taskId);
    this.self = factsOf(turn, task);
  }

  iteration(number: number): ReturnType<OpenStep['iteration']> {
    const { turn, node } = this;
    const { suffix } = inside(this.place, number);
    const finder = (this.#finder ??= new Finder(this.run.tasks));
    this.#names ??= node.inside.looped.map((inner) => turn.neighbour(node, inner).task.taskReferenceName);
    const found: { readonly referenceName: string; readonly task: TaskFacts }[] = [];
    for (const referenceName of this.#names) {
      const inIteration = finder.newest(referenceName + suffix);
      if (inIteration !== undefined) found.push({ referenceName, task: factsOf(turn, inIteration) });
    }
    return found;
  }
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
