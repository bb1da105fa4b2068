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
import { kindOf, type TaskKinds } from '../task-kinds.ts';
import type { After, Graph, Node, NodeInput, NodeLists } from './graph.ts';

/** Makes a pinned definition ready to run. Total: what is wrong with a task shows when an attempt of it begins. */
export function compileDefinition(hash: string, pinned: PinnedDefinition, kinds: TaskKinds): Graph {
  const definition = pinned.workflow;
  const numbers = new Map(tasksInOrder(definition).map((task, number) => [task, number]));
  const nodes = new Array<Node>(numbers.size);
  compileList(definition.tasks, { to: 'end' }, { numbers, nodes, kinds });
  return {
    hash,
    definition,
    nodes,
    topLevel: definition.tasks.map((task) => numberOf(numbers, task)),
    output: isEmpty(definition.outputParameters) ? undefined : compileTemplate(definition.outputParameters),
  };
}

interface Compilation {
  readonly numbers: ReadonlyMap<WorkflowTask, number>;
  readonly nodes: Node[];
  readonly kinds: TaskKinds;
}

/** Compiles a list whose last task is followed by `after`; recursion is as deep as the definition is nested. */
function compileList(list: readonly WorkflowTask[], after: After, to: Compilation): void {
  for (const [i, task] of list.entries()) {
    const following = list[i + 1];
    const next = following === undefined ? undefined : numberOf(to.numbers, following);
    compileTask(task, next, next === undefined ? after : { to: 'task', number: next }, to);
  }
}

function compileTask(task: WorkflowTask, next: number | undefined, after: After, to: Compilation): void {
  const number = numberOf(to.numbers, task);
  const kind = kindOf(to.kinds, task);
  const def = (task.taskDefinition ?? {}) as TaskDef;
  const taskType = kind.traits.shownType?.(task) ?? kind.type;
  to.nodes[number] = {
    number,
    task,
    json: Payload.of(task as unknown as JsonObject),
    kind,
    def: kind.parse(task, compileTemplate),
    taskType,
    taskDefName: kind.traits.namedByType ? taskType : task.name,
    input: compileInput(task, kind.traits.usesInputTemplate ? def.inputTemplate : undefined),
    retry: { count: kind.traits.retried ? (task.retryCount ?? def.retryCount) : 0, def },
    limits: limitsOf(def, kind.traits.responds(task)),
    after: kind.traits.endsFlow ? { to: 'end' } : after,
    next,
    inside: listsOf(task, to.numbers),
  };
  for (const list of Object.values(task.decisionCases ?? {})) compileList(list, after, to);
  compileList(task.defaultCase ?? [], after, to);
  for (const list of task.forkTasks ?? []) compileList(list, { to: 'join' }, to);
  compileList(task.loopOver ?? [], { to: 'loop', number }, to);
}

function listsOf(task: WorkflowTask, numbers: Compilation['numbers']): NodeLists {
  const head = (list: readonly WorkflowTask[] | undefined): number | undefined =>
    list?.[0] === undefined ? undefined : numberOf(numbers, list[0]);
  return {
    cases: new Map(Object.entries(task.decisionCases ?? {}).map(([key, list]) => [key, head(list)])),
    defaultCase: head(task.defaultCase),
    branches: (task.forkTasks ?? []).map(head),
    body: head(task.loopOver),
  };
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

const isEmpty = (json: Json | undefined): boolean =>
  json === undefined || (typeof json === 'object' && json !== null && Object.keys(json).length === 0);
