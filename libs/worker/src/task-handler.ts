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
  readonly correlationId: string | undefined;
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

/** Looks into the record only for what the handler asks for. */
export class RecordContext implements TaskContext {
  readonly #task: TaskRecord;
  readonly #attempt: Attempt;
  /** Bound, so that a handler may take it out of the context. */
  readonly log: (message: string) => void;

  constructor(task: TaskRecord, attempt: Attempt) {
    this.#task = task;
    this.#attempt = attempt;
    this.log = (message) => attempt.log(message);
  }

  get taskId(): string {
    return this.#task.taskId;
  }
  get taskType(): string {
    return this.#task.taskType;
  }
  get workflowId(): string {
    return this.#task.workflowId;
  }
  get workflowName(): string {
    return this.#task.workflowName;
  }
  get workflowVersion(): number {
    return this.#task.workflowVersion;
  }
  get referenceName(): string {
    return this.#task.referenceName;
  }
  get attempt(): number {
    return this.#task.attempt;
  }
  get dispatch(): number {
    return this.#task.dispatch;
  }
  get iteration(): number {
    return this.#task.iteration;
  }
  get priority(): number {
    return this.#task.priority;
  }
  get correlationId(): string | undefined {
    return this.#task.correlationId;
  }
  get output(): JsonObject {
    return this.#task.output.object;
  }
  get signal(): AbortSignal {
    return this.#attempt.signal;
  }
}
