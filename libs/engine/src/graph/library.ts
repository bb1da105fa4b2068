import { RenderLimitExceeded } from '@partitura/expressions';
import {
  invariant,
  Payload,
  tasksInOrder,
  type DefinitionLookup,
  type Json,
  type JsonObject,
  type PinnedDefinition,
  type PinnedLookup,
  type WorkflowDef,
  type WorkflowTask,
} from '@partitura/model';
import { contentHash } from '../content-hash.ts';
import { normalizeWorkflowDef } from '../definition/normalize-workflow-def.ts';
import { pinDefinition, type Looked } from '../definition/pin-definition.ts';
import type { Problem } from '../definition/problem.ts';
import type { TaskKind, Unfolded } from '../task-kind.ts';
import { kindOf, type TaskKinds } from '../task-kinds.ts';
import { pinTasks } from '../definition/pin-definition.ts';
import { compileAnother, compileDefinition, compileGenerated, hasLists } from './compile-definition.ts';
import type { Graph, Node } from './graph.ts';
import { Recent } from './recent.ts';

/** A definition pinned for a start. */
export interface PinnedStart {
  readonly kind: 'pinned';
  readonly hash: string;
  /** JSON of the pinned definition. */
  readonly body: Payload;
  readonly graph: Graph;
}
export type PinnedOrNot =
  | PinnedStart
  /** It names a sub-workflow of which no definition is registered. */
  | { readonly kind: 'missing'; readonly reason: string }
  /** A definition that came with a start and cannot be run at all. */
  | { readonly kind: 'invalid'; readonly reason: string };

/** Half of the compiled generated tasks that are kept: a fork may have made more than memory should hold. */
const generatedMax = 4_000;

/**
 * Compiled definitions, by hash. A memory of pure functions and nothing else: dropping any of it changes no decision.
 */
export class Library {
  readonly #kinds: TaskKinds;
  readonly #capacity: number;
  readonly #graphs = new Map<string, Graph>();
  readonly #generated = new Recent<Payload, readonly Node[]>(generatedMax);
  readonly #others = new WeakMap<Payload, Node>();
  readonly #texts = new WeakMap<Payload, Payload>();
  readonly #unfolded = new WeakMap<Payload, Unfolded>();
  readonly #starts = new WeakMap<Payload, { readonly start: PinnedStart; readonly looked: Looked }>();

  /** @param capacity How many compiled definitions are kept. */
  constructor(kinds: TaskKinds, capacity = 1000) {
    this.#kinds = kinds;
    this.#capacity = capacity;
  }

  /** The graph of a definition that runs of this partition are pinned to. */
  graph(hash: string, pinned: PinnedLookup): Graph {
    const known = this.#graphs.get(hash);
    if (known !== undefined) return known;
    const body = pinned.body(hash);
    invariant(body !== undefined, `the journal does not hold the definition ${hash} that a run is pinned to`);
    return this.#remember(hash, body);
  }

  /** Pins a definition for a start. As long as no definition that it uses changes, that is a few look-ups. */
  pin(definition: Payload, lookup: DefinitionLookup): PinnedOrNot {
    const known = this.#starts.get(definition);
    if (known !== undefined && isCurrent(known.looked, lookup)) return known.start;
    const read = readDefinition(definition);
    if (typeof read === 'string') return { kind: 'invalid', reason: read };
    const pinning = pinDefinition(read, lookup, this.#kinds);
    if (pinning.kind === 'missing') return pinning;
    const body = Payload.fromBytes(Payload.of(pinning.pinned as unknown as Json).bytes);
    const hash = contentHash(body.bytes);
    try {
      const graph = this.#graphs.get(hash) ?? this.#remember(hash, body);
      const start: PinnedStart = { kind: 'pinned', hash, body, graph };
      this.#starts.set(definition, { start, looked: pinning.looked });
      return start;
    } catch (error) {
      if (error instanceof RenderLimitExceeded) return { kind: 'invalid', reason: error.message };
      throw error;
    }
  }

  /** A task of what a dynamic fork generated, by its (negative) number. */
  generated(embedded: Payload, number: number): Node {
    const node = this.generatedNodes(embedded)[-1 - number];
    invariant(node !== undefined, `a generated task has nothing of number ${number} inside`);
    return node;
  }

  /** A generated task and everything inside it. */
  generatedNodes(embedded: Payload): readonly Node[] {
    let nodes = this.#generated.get(embedded);
    if (nodes === undefined) {
      nodes = compileGenerated(embedded, this.#kinds);
      this.#generated.set(embedded, nodes);
    }
    return nodes;
  }

  /** The kind of such a task. To know it, the task need not be made ready. */
  kindOfGenerated(embedded: Payload, number: number): TaskKind {
    if (number !== -1) return this.generated(embedded, number).kind;
    return kindOf(this.#kinds, embedded.value as unknown as WorkflowTask);
  }

  /** A task whose kind was found out when it began. */
  another(base: Node, type: string, embedded: Payload): Node {
    const known = this.#others.get(embedded);
    if (known !== undefined) return known;
    const node = compileAnother(base, type, embedded, this.#kinds);
    this.#others.set(embedded, node);
    return node;
  }

  /** What an attempt generates: a function of its stored input. */
  unfold(node: Node, input: Payload): Unfolded {
    const known = this.#unfolded.get(input);
    if (known !== undefined) return known;
    const tasks = node.kind.unfold?.(input, node.task) ?? [];
    this.#unfolded.set(input, tasks);
    return tasks;
  }

  /** JSON of a generated task with the task definitions that are registered now. */
  pinGenerated(task: Json, lookup: DefinitionLookup): Payload {
    const plain = task as unknown as WorkflowTask;
    const registered = isPlain(plain) ? lookup.task(plain.name) : undefined;
    if (registered !== undefined) {
      return Payload.withMember(task as JsonObject, 'taskDefinition', this.#textOf(registered));
    }
    const { tasks } = pinTasks([plain], lookup, () => undefined);
    return Payload.of(tasks[0] as unknown as Json);
  }

  /** The text of a task definition that a fork puts into each of its tasks. */
  #textOf(registered: Payload): Payload {
    let text = this.#texts.get(registered);
    if (text === undefined) this.#texts.set(registered, (text = Payload.of(registered.value)));
    return text;
  }

  /** JSON of a task that turned out to be another one: with its name, and the definition registered for that. */
  pinAnother(node: Node, type: string, lookup: DefinitionLookup): Payload {
    const taskDefinition = lookup.task(type)?.value ?? node.task.taskDefinition;
    return Payload.of({ ...node.task, name: type, taskDefinition } as unknown as Json);
  }

  #remember(hash: string, body: Payload): Graph {
    const graph = compileDefinition(hash, body.value as unknown as PinnedDefinition, this.#kinds);
    if (this.#graphs.size >= this.#capacity) {
      const [oldest] = this.#graphs.keys();
      if (oldest !== undefined) this.#graphs.delete(oldest);
    }
    this.#graphs.set(hash, graph);
    return graph;
  }
}

/** There is nothing in it to be fixed but its own definition. */
const isPlain = (task: WorkflowTask): boolean =>
  !hasLists(task) && task.subWorkflowParam === undefined && task.taskDefinition === undefined;

/**
 * Registered definitions are stored complete and checked. One that came with a start may leave out what has a default;
 * it is held to what running needs, not to everything that registration asks for.
 */
function readDefinition(body: Payload): WorkflowDef | string {
  const problems: Problem[] = [];
  const json = body.valueIfJson;
  if (json === undefined) return 'the definition is not JSON';
  const def = normalizeWorkflowDef(json, '', problems);
  if (problems.length === 0) {
    for (const task of tasksInOrder(def)) {
      const { name, taskReferenceName } = task as Partial<WorkflowTask>;
      if (name === undefined || taskReferenceName === undefined) {
        problems.push({ path: 'tasks', message: 'every task needs a name and a taskReferenceName' });
      }
    }
  }
  return problems.length === 0 ? def : problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
}

function isCurrent(looked: Looked, lookup: DefinitionLookup): boolean {
  for (const [name, found] of looked.tasks) if (lookup.task(name) !== found) return false;
  for (const [name, version] of looked.latest) if (lookup.latestVersion(name) !== version) return false;
  return true;
}
