import { isJsonObject, type SeqRange } from '@partitura/model';
import { containersOf, innerNumbers, type Container, type Containers } from '../graph/containers.ts';
import type { Node } from '../graph/graph.ts';
import { wasPassedOver, type Task } from '../state/task.ts';
import { allTasks, newestOf } from '../state/task-table.ts';
import type { Place } from './agenda.ts';
import { placeOf } from './step.ts';
import type { Turn } from './turn.ts';

/** What has to be undone before a task can run again. */
export interface Undoing {
  readonly removed: readonly SeqRange[];
  /** JOINs and loops that had waited for the task and do so again, innermost first. */
  readonly waiting: readonly Waiting[];
}
export interface Waiting {
  readonly task: Task;
  /** Of a loop: the iteration in which the task runs. */
  readonly iteration?: number;
}

/**
 * Everything that came to be because of a task: itself if it was passed over, later attempts, what is inside it, what follows it, and what follows the
 * tasks that it is inside of. Other branches of a fork stay as they are.
 */
export function undoingOf(turn: Turn, target: Task): Undoing {
  const gone = new Gone(turn);
  const waiting: Waiting[] = [];
  const isAwaitedBy = ({ plan }: Task, place: Place): boolean => {
    const on = plan.join?.on ?? [];
    return (
      [target, ...waiting.map(({ task }) => task)].some((one) => on.includes(one.plan.referenceName)) ||
      on.some((ref) => gone.hasName(ref.slice(0, ref.length - place.suffix.length), place))
    );
  };

  let node = turn.nodeOf(target);
  let place = placeOf(turn, target);
  gone.addInside(node, place);
  gone.addGenerated(target);
  for (;;) {
    for (let next = node.next; next !== undefined;) {
      const following = turn.neighbour(node, next);
      gone.add(following, place);
      next = following.next;
    }
    const container = gone.containers(node).get(node.number);
    if (container?.list === 'case') {
      node = container.of;
    } else if (container?.list === 'body') {
      const { iteration } = place;
      place = outerOf(place);
      node = container.of;
      gone.addIterations(node, place, iteration + 1);
      const loop = newestOf(turn.run.tasks, node.task.taskReferenceName + place.suffix);
      if (loop !== undefined) waiting.push({ task: loop, iteration });
    } else {
      const fork = container?.of ?? generatorOf(turn, node, place);
      if (fork?.next === undefined) break;
      node = turn.neighbour(fork, fork.next);
      const join = newestOf(turn.run.tasks, node.task.taskReferenceName + place.suffix);
      if (join === undefined || !isAwaitedBy(join, place)) break;
      waiting.push({ task: join });
    }
  }
  const { referenceName, seq } = target.plan;
  const removed = rangesOf(turn, (task) => {
    if (task === target) return wasPassedOver(target);
    return gone.takes(task) || (task.plan.referenceName === referenceName && task.plan.seq > seq);
  });
  return { removed, waiting };
}

/** JOINs of the forks in whose branches a task runs, innermost first. */
export function joinsAround(turn: Turn, task: Task): readonly Task[] {
  const { containers } = new Gone(turn);
  const joins: Task[] = [];
  let node: Node | undefined = turn.nodeOf(task);
  let place = placeOf(turn, task);
  while (node !== undefined) {
    const container: Container | undefined = containers(node).get(node.number);
    if (container?.list === 'body') place = outerOf(place);
    const outer: Node | undefined = container?.of ?? generatorOf(turn, node, place);
    if (outer?.next !== undefined && (container === undefined || container.list === 'branch')) {
      const join = newestOf(turn.run.tasks, turn.neighbour(outer, outer.next).task.taskReferenceName + place.suffix);
      if (join !== undefined) joins.push(join);
    }
    node = outer;
  }
  return joins;
}

/** Which tasks were, by what the definition calls them and where they ran. */
class Gone {
  readonly #turn: Turn;
  readonly #rules: { readonly names: ReadonlySet<string>; readonly suffix: string; readonly fromIteration: number }[] =
    [];
  /** Reference names of what dynamic forks generated that are gone. */
  readonly #generated = new Set<string>();
  readonly #containers = new Map<unknown, Containers>();

  constructor(turn: Turn) {
    this.#turn = turn;
  }

  /** The lists around the tasks among which a task was written. */
  readonly containers = ({ number, embedded }: Node): Containers => {
    const sheet = number < 0 ? embedded : undefined;
    let containers = this.#containers.get(sheet);
    if (containers === undefined) {
      const { engine, graph } = this.#turn;
      containers = containersOf(sheet === undefined ? graph.nodes : engine.library.generatedNodes(sheet));
      this.#containers.set(sheet, containers);
    }
    return containers;
  };

  add(node: Node, place: Place): void {
    this.#add([node.task.taskReferenceName, ...this.#inside(node)], place, 0);
  }

  addInside(node: Node, place: Place): void {
    this.#add(this.#inside(node), place, 0);
  }

  addIterations(loop: Node, place: Place, from: number): void {
    this.#add(this.#inside(loop), place, from);
  }

  /** What a dynamic fork made. */
  addGenerated(task: Task): void {
    const { suffix } = placeOf(this.#turn, task);
    for (const name of generatedNames(this.#turn, task)) this.#generated.add(name + suffix);
  }

  hasName(name: string, { suffix }: Place): boolean {
    return this.#rules.some((rule) => rule.names.has(name) && isWithin(suffix, rule.suffix, rule.fromIteration));
  }

  /** Whether this attempt is gone. To be asked in the order of scheduling, since forks come before what they generate. */
  takes(task: Task): boolean {
    const place = placeOf(this.#turn, task);
    const { referenceName } = task.plan;
    const written = referenceName.slice(0, referenceName.length - place.suffix.length);
    const taken = this.hasName(written, place) || this.#isGenerated(task, place);
    if (taken) this.addGenerated(task);
    return taken;
  }

  #isGenerated({ plan }: Task, { suffix }: Place): boolean {
    if (this.#generated.size === 0 || plan.node >= 0 || plan.workflowTask === undefined) return false;
    const root = plan.workflowTask.object['taskReferenceName'] as string;
    for (let outer = suffix; ; outer = outer.slice(0, outer.lastIndexOf('__'))) {
      if (this.#generated.has(root + outer)) return true;
      if (outer === '') return false;
    }
  }

  #inside(node: Node): readonly string[] {
    const numbers = innerNumbers(node.number, this.containers(node));
    return numbers.map((number) => this.#turn.neighbour(node, number).task.taskReferenceName);
  }

  #add(names: readonly string[], { suffix }: Place, fromIteration: number): void {
    if (names.length > 0) this.#rules.push({ names: new Set(names), suffix, fromIteration });
  }
}

/** Whether a task with this suffix ran inside a place, and there not before an iteration. */
function isWithin(suffix: string, outer: string, fromIteration: number): boolean {
  if (!suffix.startsWith(outer)) return false;
  const rest = suffix.slice(outer.length);
  if (fromIteration === 0) return rest === '' || rest.startsWith('__');
  return Number(/^__(\d+)/.exec(rest)?.[1] ?? 0) >= fromIteration;
}

/** Where a loop runs whose body runs here. */
function outerOf({ suffix }: Place): Place {
  const outer = suffix.slice(0, suffix.lastIndexOf('__'));
  return { suffix: outer, iteration: Number(/__(\d+)$/.exec(outer)?.[1] ?? 0) };
}

/** The dynamic fork that made this task. */
function generatorOf(turn: Turn, node: Node, { suffix }: Place): Node | undefined {
  if (node.number !== -1) return undefined;
  for (const task of allTasks(turn.run.tasks)) {
    if (placeOf(turn, task).suffix === suffix && generatedNames(turn, task).includes(node.task.taskReferenceName)) {
      return turn.nodeOf(task);
    }
  }
  return undefined;
}

function generatedNames(turn: Turn, task: Task): readonly string[] {
  if (turn.kindOf(task).unfold === undefined) return [];
  const node = turn.nodeOf(task);
  const unfolded = turn.engine.library.unfold(node, task.plan.input);
  if (unfolded.refs !== undefined) return unfolded.refs;
  return Array.from({ length: unfolded.length }, (_, i) => unfolded.at(i)).flatMap((made) => {
    const name = isJsonObject(made) ? made['taskReferenceName'] : undefined;
    return typeof name === 'string' ? [name] : [];
  });
}

function rangesOf(turn: Turn, isRemoved: (task: Task) => boolean): readonly SeqRange[] {
  const ranges: { from: number; to: number }[] = [];
  let previous: { from: number; to: number } | undefined;
  for (const task of allTasks(turn.run.tasks)) {
    const { seq } = task.plan;
    if (!isRemoved(task)) previous = undefined;
    else if (previous === undefined) ranges.push((previous = { from: seq, to: seq }));
    else previous.to = seq;
  }
  return ranges;
}
