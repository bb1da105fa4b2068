import type { Payload, TaskDef, TaskLimits, WorkflowDef, WorkflowTask } from '@partitura/model';
import type { Template } from '@partitura/expressions';
import type { TaskKind } from '../task-kind.ts';

/** A definition ready to run: every task knows what follows it and what it is inside of. */
export interface Graph {
  /** Hash of the pinned definition. */
  readonly hash: string;
  readonly definition: WorkflowDef;
  /** By number: the position in `tasksInOrder`. */
  readonly nodes: readonly Node[];
  /** Numbers of the tasks at the top level, in order. */
  readonly topLevel: readonly number[];
  /** Absent: the output of the last task is the output of the workflow. */
  readonly output: Template | undefined;
}

export interface Node {
  /**
   * Position in `tasksInOrder` of the pinned definition, or of what a dynamic fork generated: there the k-th task has
   * the number −1−k.
   */
  readonly number: number;
  /** JSON that the pinned definition does not hold and that this task is made from: see `TaskScheduled.workflowTask`. */
  readonly embedded: Payload | undefined;
  readonly task: WorkflowTask;
  /** The task as JSON, for those who execute it. */
  readonly json: Payload;
  readonly kind: TaskKind;
  /** What the kind read from the definition. */
  readonly def: unknown;
  readonly taskType: string;
  readonly taskDefName: string;
  /** Input parameters over the task definition's template. */
  readonly input: NodeInput;
  readonly retry: RetryRule;
  readonly limits: TaskLimits;
  /** What happens after this task. */
  readonly after: After;
  /** Numbers of the neighbours in the same list. */
  readonly next: number | undefined;
  readonly previous: number | undefined;
  /** Number of the innermost loop around this task. */
  readonly loop: number | undefined;
  readonly inside: NodeLists;
}

/** Heads of the task lists inside a task; undefined: that list is empty. */
export interface NodeLists {
  readonly cases: ReadonlyMap<string, number | undefined>;
  readonly defaultCase: number | undefined;
  readonly branches: readonly (number | undefined)[];
  readonly body: number | undefined;
  /** Of a loop: all tasks whose innermost loop it is. */
  readonly looped: readonly number[];
}

export type After =
  /** The task that follows, directly or after the choices whose last task this is. */
  | { readonly to: 'task'; readonly number: number }
  /** Last of a fork's branch: the JOIN exists already. */
  | { readonly to: 'join' }
  /** Last of a loop's body: the loop decides. */
  | { readonly to: 'loop'; readonly number: number }
  /** Nothing follows. */
  | { readonly to: 'end' };

/** Input as the definition describes it; a constant is encoded once for all runs. */
export type NodeInput = { readonly constant: Payload } | { readonly template: Template };

export interface RetryRule {
  /** Attempts after the first. */
  readonly count: number;
  readonly def: TaskDef;
}
