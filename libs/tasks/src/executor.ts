import type { JsonObject, ReportableStatus, TaskRecord } from '@partitura/model';

/** The IO half of a task kind: carried out by `system-worker`, never inside a decision. */
export interface Executor {
  /** Queue it works on: the task type. */
  readonly type: string;
  /** Whether secrets are put into its input. Not for programs: what they compute would carry them into history. */
  readonly takesSecrets?: boolean;
  /** Failures of the user's work are outcomes; throwing counts as FAILED with the message. */
  execute(task: TaskRecord, signal: AbortSignal): Promise<ExecutorOutcome>;
  /** Gives back what it holds. Kinds may share it, so it is told more than once. */
  close?(): Promise<void>;
}

export interface ExecutorOutcome {
  readonly status: ReportableStatus;
  readonly output: JsonObject;
  readonly reason?: string;
}

export interface ExecutorOptions {
  /** Private addresses that calls may go to: all of them, or those of a list of hosts and networks. */
  readonly allowPrivate: 'everything' | readonly string[];
  /** Bounds of programs that decisions leave out. */
  readonly programs?: {
    /** Of one run; default 4,000. */
    readonly timeoutMs?: number;
    readonly threads?: number;
  };
}
