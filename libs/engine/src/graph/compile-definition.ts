import { compileTemplate, type Scope } from '@partitura/expressions';
import {
  invariant,
  Payload,
  tasksInOrder,
  type Json,
  type JsonObject,
  type PinnedDefinition,
  type TaskDef,
  type TaskLimits,
  type WorkflowTask,
} from '@partitura/model';
import { generatedTaskDef } from '../definition/pin-definition.ts';
import { kindOf, type TaskKinds } from '../task-kinds.ts';
import type { After, Graph, Node, NodeInput, NodeLists } from './graph.ts';

/** Makes a pinned definition ready to run. Total: what is wrong with a task shows when an attempt of it begins. */
export function compileDefinition(hash: string, pinned: PinnedDefinition, kinds: TaskKinds): Graph {
  const definition = pinned.workflow;
  const numbers = new Map(tasksInOrder(definition).map((task, number) => [task, number]));
  const nodes = new Array<Node>(numbers.size);
  compileList(definition.tasks, surroundings({ to: 'end' }), {
    numbers,
    kinds,
    embedded: undefined,
    put: (node) => (nodes[node.number] = node),
  });
  return {
    hash,
    definition,
    nodes,
    topLevel: definition.tasks.map((task) => numberOf(numbers, task)),
    output: isEmpty(definition.outputParameters) ? undefined : compileTemplate(definition.outputParameters),
  };
}

/** Makes a task ready that a dynamic fork generated, with everything inside it. In the answer: number −1−k at k. */
export function compileGenerated(embedded: Payload, kinds: TaskKinds): readonly Node[] {
  const task = embedded.value as unknown as WorkflowTask;
  if (!hasLists(task))
    return [compileNode(task, -1, surroundings({ to: 'join' }), { numbers: nobody, kinds, embedded })];
  const numbers = new Map(tasksInOrder({ tasks: [task] }).map((each, k) => [each, -1 - k]));
  const nodes = new Array<Node>(numbers.size);
  compileList([task], surroundings({ to: 'join' }), {
    numbers,
    kinds,
    embedded,
    put: (node) => (nodes[-1 - node.number] = node),
  });
  return nodes;
}

/** Makes a task ready whose kind was found out only when it began: it stands where `base` stands. */
export function compileAnother(base: Node, type: string, embedded: Payload, kinds: TaskKinds): Node {
  const written = embedded.value as unknown as WorkflowTask;
  const task: WorkflowTask = { ...written, type: 'SIMPLE', name: type };
  const { number, after, next, previous, loop } = base;
  const alone = { numbers: new Map([[task, number]]), kinds, embedded };
  const node = compileNode(task, number, { after, next, previous, loop }, alone);
  return { ...node, inside: base.inside };
}

const nobody: Compilation['numbers'] = new Map();

interface Compilation {
  readonly numbers: ReadonlyMap<WorkflowTask, number>;
  readonly kinds: TaskKinds;
  readonly embedded: Payload | undefined;
  readonly put: (node: Node) => void;
}

/** What a task is between and inside of. */
type Surroundings = Pick<Node, 'after' | 'next' | 'previous' | 'loop'>;

const surroundings = (after: After, loop?: number): Surroundings => ({
  after,
  next: undefined,
  previous: undefined,
  loop,
});

/** Compiles a list whose last task is followed by `around.after`; recursion is as deep as the definition is nested. */
function compileList(list: readonly WorkflowTask[], around: Surroundings, to: Compilation): void {
  const numbers = list.map((task) => numberOf(to.numbers, task));
  for (const [i, task] of list.entries()) {
    const next = numbers[i + 1];
    const after: After = next === undefined ? around.after : { to: 'task', number: next };
    compileTask(task, { after, next, previous: numbers[i - 1], loop: around.loop }, to);
  }
}

function compileTask(task: WorkflowTask, around: Surroundings, to: Compilation): void {
  const number = numberOf(to.numbers, task);
  to.put(compileNode(task, number, around, to));
  const choice = surroundings(around.after, around.loop);
  for (const list of Object.values(task.decisionCases ?? {})) compileList(list, choice, to);
  compileList(task.defaultCase ?? [], choice, to);
  for (const list of task.forkTasks ?? []) compileList(list, surroundings({ to: 'join' }, around.loop), to);
  compileList(task.loopOver ?? [], surroundings({ to: 'loop', number }, number), to);
}

/** Field by field: a dynamic fork may generate a hundred thousand. */
function compileNode(task: WorkflowTask, number: number, around: Surroundings, to: Omit<Compilation, 'put'>): Node {
  const kind = kindOf(to.kinds, task);
  const def = (task.taskDefinition as TaskDef | undefined) ?? generatedTaskDef(task, kind.traits.worker);
  const taskType = kind.traits.shownType?.(task) ?? kind.type;
  const { embedded } = to;
  return {
    number,
    embedded,
    task,
    json:
      (embedded?.value as unknown) === task && embedded !== undefined
        ? embedded
        : Payload.of(task as unknown as JsonObject),
    kind,
    def: kind.parse(task, compileTemplate),
    taskType,
    taskDefName: kind.traits.namedByType ? taskType : task.name,
    input: compileInput(task, kind.traits.usesInputTemplate ? def.inputTemplate : undefined),
    retry: { count: kind.traits.retried ? (task.retryCount ?? def.retryCount) : 0, def },
    limits: limitsOf(def, kind.traits.responds(task)),
    after: around.after,
    next: around.next,
    previous: around.previous,
    loop: around.loop,
    inside: listsOf(task, to.numbers),
  };
}

const noLists: NodeLists = { cases: new Map(), defaultCase: undefined, branches: [], body: undefined, looped: [] };

/** Whether there are tasks inside. */
export const hasLists = ({ decisionCases, defaultCase, forkTasks, loopOver }: WorkflowTask): boolean =>
  !(isEmpty(decisionCases) && isEmpty(defaultCase) && isEmpty(forkTasks) && isEmpty(loopOver));

function listsOf(task: WorkflowTask, numbers: Compilation['numbers']): NodeLists {
  if (!hasLists(task)) return noLists;
  const head = (list: readonly WorkflowTask[] | undefined): number | undefined =>
    list?.[0] === undefined ? undefined : numberOf(numbers, list[0]);
  return {
    cases: new Map(Object.entries(task.decisionCases ?? {}).map(([key, list]) => [key, head(list)])),
    defaultCase: head(task.defaultCase),
    branches: (task.forkTasks ?? []).map(head),
    body: head(task.loopOver),
    looped: loopedTasks(task.loopOver).map((inner) => numberOf(numbers, inner)),
  };
}

/** The tasks of a loop's body, those in choices and forks too, but not those of loops inside. */
function loopedTasks(list: readonly WorkflowTask[] | undefined): readonly WorkflowTask[] {
  return (list ?? []).flatMap((task) => [
    task,
    ...Object.values(task.decisionCases ?? {}).flatMap(loopedTasks),
    ...loopedTasks(task.defaultCase),
    ...(task.forkTasks ?? []).flatMap(loopedTasks),
  ]);
}

/** Keys that are missing or null are filled in from the task definition's template; then everything is a template. */
function compileInput(task: WorkflowTask, filling: JsonObject | undefined): NodeInput {
  const own = (task.inputParameters as JsonObject | undefined) ?? {};
  const missing = Object.entries(filling ?? {}).filter(([key]) => (own[key] ?? null) === null);
  const json: Json = missing.length === 0 ? own : { ...own, ...Object.fromEntries(missing) };
  if (isEmpty(json)) return { constant: Payload.empty };
  const template = compileTemplate(json);
  return template.isConstant ? { constant: Payload.of(template.render(nowhere)) } : { template };
}

const nowhere: Scope = { resolve: () => undefined };

function limitsOf(def: TaskDef, responds: boolean): TaskLimits {
  const ms = (seconds: number | undefined): number => Math.max(0, seconds ?? 0) * 1000;
  return {
    timeoutMs: ms(def.timeoutSeconds),
    timeoutPolicy: def.timeoutPolicy,
    responseTimeoutMs: responds ? ms(def.responseTimeoutSeconds) : 0,
    pollTimeoutMs: ms(def.pollTimeoutSeconds),
    totalTimeoutMs: ms(def.totalTimeoutSeconds),
  };
}

function numberOf(numbers: Compilation['numbers'], task: WorkflowTask): number {
  const number = numbers.get(task);
  invariant(number !== undefined, `task ${task.taskReferenceName} has no number`);
  return number;
}

const isEmpty = (json: unknown): boolean =>
  json === undefined || (typeof json === 'object' && json !== null && Object.keys(json).length === 0);
