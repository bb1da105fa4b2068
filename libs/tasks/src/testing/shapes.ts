import type { Json, JsonObject } from '@partitura/model';

/** A SIMPLE task: reference `a1` has the name `a`. */
export const simple = (ref: string, more: JsonObject = {}): JsonObject => ({
  name: nameOf(ref),
  taskReferenceName: ref,
  type: 'SIMPLE',
  ...more,
});

export const task = (type: string, ref: string, more: JsonObject = {}): JsonObject => ({
  name: ref,
  taskReferenceName: ref,
  type,
  ...more,
});

export const fork = (ref: string, branches: readonly (readonly JsonObject[])[], more: JsonObject = {}): JsonObject =>
  task('FORK_JOIN', ref, { forkTasks: branches, ...more });

export const join = (ref: string, joinOn: readonly string[], more: JsonObject = {}): JsonObject =>
  task('JOIN', ref, { joinOn, ...more });

/** Chooses by the input key `v`, taken from the workflow's input of that name. */
export const choice = (
  ref: string,
  cases: Readonly<Record<string, readonly JsonObject[]>>,
  otherwise: readonly JsonObject[] = [],
  key = 'v',
): JsonObject =>
  task('SWITCH', ref, {
    evaluatorType: 'value-param',
    expression: key,
    inputParameters: { [key]: `\${workflow.input.${key}}` },
    decisionCases: cases as JsonObject,
    defaultCase: otherwise,
  });

export const sub = (ref: string, param: JsonObject, more: JsonObject = {}): JsonObject =>
  task('SUB_WORKFLOW', ref, { subWorkflowParam: param, ...more });

export const workflow = (name: string, tasks: readonly Json[], more: JsonObject = {}): JsonObject => ({
  name,
  version: 1,
  tasks,
  ...more,
});

/** A task definition that is not retried unless said otherwise. */
export const taskDef = (name: string, more: JsonObject = {}): JsonObject => ({ name, retryCount: 0, ...more });

const nameOf = (ref: string): string => ref.replace(/\d+$/, '');
