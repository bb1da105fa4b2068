import type { TaskId, TaskRecord, WorkflowId } from '@partitura/model';
import type { Queue } from '@partitura/wire';

/** What the routes need of the queues of worker tasks. */
export interface TaskQueues {
  /**
   * Waits for work of one queue: resolves with the first task and what else is ready within about 2 ms, with no task
   * when the wait is over or the client is gone. Every task that is handed out counts as begun.
   */
  poll(request: PollRequest): Promise<PollAnswer>;
  /** Tasks that nobody has got yet, 0 for unknown queues; without argument of all queues that exist. */
  sizes(queues?: readonly Queue[]): Promise<readonly QueueSize[]>;
  /** The last poll of each (type, domain, worker); of one type when given. */
  pollData(type?: string): Promise<readonly PollData[]>;
}

export interface PollRequest {
  readonly queue: Queue;
  /** As the client names itself. */
  readonly workerId?: string;
  /** At least 1. */
  readonly count: number;
  /** How long to wait for the first task; 0..5000. */
  readonly waitMs: number;
  /** Aborts when the client went away: tasks that nobody took go back. */
  readonly signal?: AbortSignal;
}

export interface PollAnswer {
  readonly tasks: readonly TaskRecord[];
  /** Why the queue is not served over HTTP at the moment, for a person; goes into a response header. */
  readonly note?: string;
}

export interface QueueSize extends Queue {
  readonly size: number;
}

export interface PollData extends Queue {
  /** Empty where the client gave no name. */
  readonly workerId: string;
  /** Epoch ms. */
  readonly lastPollTime: number;
}

/** How the gateway tells the decider that a worker began with a task. */
export interface StartedReports {
  /** Resolves when the report is durable; rejects with a `Fault` when that is not known. */
  report(started: StartedReport): Promise<void>;
  /** Resolves with whether the decider accepted it: false for tasks that are done, cancelled or handed out again. */
  ask(started: StartedReport): Promise<boolean>;
}

export interface StartedReport {
  readonly workflowId: WorkflowId;
  readonly taskId: TaskId;
  readonly dispatch: number;
  readonly workerId?: string;
}
