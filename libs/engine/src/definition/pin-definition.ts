import {
  isJsonObject,
  type DefinitionLookup,
  type Json,
  type JsonObject,
  type PinnedDefinition,
  type SubWorkflowParam,
  type TaskDef,
  type WorkflowDef,
  type WorkflowTask,
} from '@partitura/model';
import type { Draft } from '../draft.ts';
import { kindOf, type TaskKinds } from '../task-kinds.ts';
import { normalizeTaskDef } from './normalize-task-def.ts';

export type Pinning =
  | { readonly kind: 'pinned'; readonly pinned: PinnedDefinition; readonly looked: Looked }
  /** A sub-workflow without version of which no definition is registered. */
  | { readonly kind: 'missing'; readonly reason: string };

/** What pinning looked up; as long as all of it answers the same, the result is the same. */
export interface Looked {
  readonly tasks: ReadonlyMap<string, unknown>;
  readonly latest: ReadonlyMap<string, number | undefined>;
}

/**
 * Fixes what a run depends on: each task gets its task definition (its own, the registered one, or what holds when
 * there is none), each static sub-workflow without version the latest one. Later registrations do not touch the run.
 */
export function pinDefinition(def: WorkflowDef, lookup: DefinitionLookup, kinds: TaskKinds): Pinning {
  const { tasks, missing, looked } = pinTasks(def.tasks, lookup, (task) =>
    adHocTaskDef(task, kindOf(kinds, task).traits.worker),
  );
  if (missing !== undefined) return { kind: 'missing', reason: missing };
  return { kind: 'pinned', pinned: { workflow: { ...def, tasks } }, looked };
}

export interface PinnedTasks {
  readonly tasks: readonly WorkflowTask[];
  /** Why they cannot run: a sub-workflow without version of which no definition is registered. */
  readonly missing: string | undefined;
  readonly looked: Looked;
}

/**
 * Fixes what tasks depend on.
 *
 * @param otherwise The definition of a task that has none and of whose name none is registered.
 */
export function pinTasks(
  list: readonly WorkflowTask[],
  lookup: DefinitionLookup,
  otherwise: (task: WorkflowTask) => TaskDef | undefined,
): PinnedTasks {
  const tasks = new Map<string, unknown>();
  const latest = new Map<string, number | undefined>();
  let missing: string | undefined;

  const pinList = (list: readonly WorkflowTask[]): readonly WorkflowTask[] => list.map(pinTask);
  const pinTask = (task: WorkflowTask): WorkflowTask => {
    const { decisionCases, defaultCase, forkTasks, loopOver, subWorkflowParam } = task;
    const pinned: Draft<WorkflowTask> = { ...task };
    if (isFilled(decisionCases)) {
      const cases = Object.entries(decisionCases).map(([key, list]) => [key, pinList(list)] as const);
      pinned.decisionCases = Object.fromEntries(cases);
    }
    if (isFilled(defaultCase)) pinned.defaultCase = pinList(defaultCase);
    if (isFilled(forkTasks)) pinned.forkTasks = forkTasks.map(pinList);
    if (isFilled(loopOver)) pinned.loopOver = pinList(loopOver);
    if (subWorkflowParam !== undefined) pinned.subWorkflowParam = pinVersion(subWorkflowParam, task);
    const taskDefinition = pinTaskDef(task);
    if (taskDefinition !== undefined) pinned.taskDefinition = taskDefinition;
    return pinned;
  };
  const pinTaskDef = (task: WorkflowTask): TaskDef | undefined => {
    if (task.taskDefinition !== undefined) return normalizeTaskDef(task.taskDefinition as Json, '', []);
    const registered = lookup.task(task.name);
    tasks.set(task.name, registered);
    if (registered !== undefined) return registered.value as unknown as TaskDef;
    return otherwise(task);
  };
  const pinVersion = (param: SubWorkflowParam, task: WorkflowTask): SubWorkflowParam => {
    if (param.workflowDefinition !== undefined || !isStaticName(param.name) || hasVersion(param.version)) return param;
    const version = lookup.latestVersion(param.name);
    latest.set(param.name, version);
    if (version !== undefined) return { ...param, version };
    missing ??= `The Task ${task.name} defined as a sub-workflow has no workflow definition available`;
    return param;
  };

  return { tasks: pinList(list), missing, looked: { tasks, latest } };
}

/** What holds for a task of which no definition is registered: only workers' tasks are retried and must respond. */
export function adHocTaskDef(task: Pick<WorkflowTask, 'name' | 'type'>, worker: boolean): TaskDef {
  const raw: JsonObject =
    worker && task.type === 'SIMPLE'
      ? { name: task.name }
      : { name: task.name, retryCount: 0, responseTimeoutSeconds: 0 };
  return normalizeTaskDef(raw, '', []);
}

/** What holds for a task that a dynamic fork generated and of which no definition is registered: no retry. */
export function generatedTaskDef({ name }: Pick<WorkflowTask, 'name'>, worker: boolean): TaskDef {
  const { usual, latest } = generatedDefs[worker ? 'worker' : 'system'];
  if (latest.def?.name !== name) latest.def = { ...usual, name };
  return latest.def;
}

interface GeneratedDefs {
  readonly usual: TaskDef;
  /** The one that was made last: a fork generates many tasks of one name. */
  readonly latest: { def?: TaskDef };
}

const generatedDefs: Readonly<Record<'worker' | 'system', GeneratedDefs>> = {
  worker: { usual: normalizeTaskDef({ name: '', retryCount: 0 }, '', []), latest: {} },
  system: { usual: normalizeTaskDef({ name: '', retryCount: 0, responseTimeoutSeconds: 0 }, '', []), latest: {} },
};

export const isStaticName = (name: string | undefined): name is string =>
  name !== undefined && name !== '' && !name.includes('${');

const hasVersion = (version: SubWorkflowParam['version']): boolean =>
  typeof version === 'string' ? version !== '' && version !== '0' : version !== undefined && version > 0;

function isFilled<T>(value: T | undefined): value is T {
  return (
    value !== undefined &&
    (isJsonObject(value) ? Object.keys(value).length > 0 : (value as readonly unknown[]).length > 0)
  );
}
