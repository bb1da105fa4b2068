import type { JsonObject, TaskRecord } from '@partitura/model';
import type { Attempt } from './attempt.ts';
import type { NotYet } from './task-outcome.ts';

/** One task as its handler sees it. */
export interface TaskContext extends Attempt {
  readonly taskId: string;
  readonly taskType: string;
  readonly workflowId: string;
  readonly workflowName: string;
  readonly workflowVersion: number;
  readonly referenceName: string;
  /** 0 for the first attempt: with the task id it is a key for idempotent calls to the outside. */
  readonly attempt: number;
  /** Counts the hand-overs of this attempt: a `NotYet` leads to another. */
  readonly dispatch: number;
  readonly iteration: number;
  /** 0..99, higher first. */
  readonly priority: number;
  readonly correlationId?: string;
  /** Output of an earlier {@link NotYet} of this attempt. */
  readonly output: JsonObject;
}

/**
 * Works on the tasks of one type. The result, an object or nothing, becomes the output of the task. Throw to fail the
 * attempt, `TerminalError` to forbid another; return `NotYet` to be asked again later.
 */
export type TaskHandler<Input = JsonObject, Output extends object | undefined = object | undefined> = (
  input: Input,
  task: TaskContext,
) => Output | NotYet | Promise<Output | NotYet>;

/**
 * Inputs by task type. A handler that does not say what its input is gets `any`: only the author of the workflow knows.
 * What a handler does say is believed, so check what comes from elsewhere.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- interfaces fit no index signature but this one
export type TaskInputs = Readonly<Record<string, any>>;

/** Task type → handler. */
export type TaskHandlers<Inputs extends TaskInputs> = {
  readonly [Type in keyof Inputs]: TaskHandler<Inputs[Type]>;
};

export function contextOf(task: TaskRecord, attempt: Attempt): TaskContext {
  return {
    taskId: task.taskId,
    taskType: task.taskType,
    workflowId: task.workflowId,
    workflowName: task.workflowName,
    workflowVersion: task.workflowVersion,
    referenceName: task.referenceName,
    attempt: task.attempt,
    dispatch: task.dispatch,
    iteration: task.iteration,
    priority: task.priority,
    ...(task.correlationId === undefined ? {} : { correlationId: task.correlationId }),
    get output() {
      return task.output.object;
    },
    get signal() {
      return attempt.signal;
    },
    log: (message) => attempt.log(message),
  };
}
