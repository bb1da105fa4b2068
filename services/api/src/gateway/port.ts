import type { TaskId, TaskRecord, WorkflowId } from '@partitura/model';
import type { Queue } from '@partitura/wire';
import type { TakenReport } from './held-reports.ts';

/** What the routes need of the queues of worker tasks. */
export interface TaskQueues {
  /**
   * Waits for work of one queue: with the first task and what else is ready then, or with no task when `timeoutMs` is
   * over. Every task that is handed out counts as begun. A queue that cannot be served right now yields no task and a
   * notice; rejects with a `Fault` only when nothing can be served at all (closed, no broker).
   */
  poll(request: PollRequest): Polling;

  /** These tasks never reached the client: those whose hand-out the decider has not heard of go to somebody else. */
  undelivered(tasks: readonly TaskId[]): void;

  /** The queue from which this task was handed out here, as far as that is remembered (bounded, newest first). */
  queueOf(taskId: string): Queue | undefined;

  /**
   * The report that this task was handed out here, if it was not sent yet: it goes with the task's result. Whoever takes
   * it says what became of the result.
   */
  takeReport(taskId: TaskId): TakenReport | undefined;
  /** Resolves when the decider has heard of all hand-outs of this run from here. Never rejects. */
  flushReports(run: WorkflowId): Promise<void>;

  /** Sizes of the given queues, 0 for unknown ones; without argument of all queues that exist, ordered by name. */
  sizes(queues?: readonly Queue[]): Promise<readonly QueueSize[]>;

  /** The last poll of each (type, domain); of one type when given. */
  pollData(type?: string): Promise<readonly LastPoll[]>;
}

/** Who gets a task. */
export interface Receiver {
  /** As the client names itself. */
  readonly workerId?: string;
  /** Who the client showed to be; absent where nobody has to. */
  readonly principal?: string;
}

export interface PollRequest extends Queue, Receiver {
  /** At least 1. */
  readonly count: number;
  /** How long to wait for the first task; 0..5000. */
  readonly timeoutMs: number;
}

export interface Polling {
  readonly polled: Promise<Polled>;
  /** The client went away: it gets nothing more, and what nobody took stays. Harmless when all is over. */
  readonly cancel: () => void;
}

export interface Polled {
  readonly tasks: readonly HandedOut[];
  /** Why the queue cannot be served over HTTP at the moment, for a person; goes into a response header. */
  readonly notice?: string;
}

/** A task in the moment it is given to a worker. */
export interface HandedOut {
  readonly task: TaskRecord;
  readonly workerId?: string;
  /** Epoch ms of the hand-out. */
  readonly at: number;
}

export interface QueueSize extends Queue {
  /** Records that nobody has got yet. */
  readonly waiting: number;
  /** Handed out, but not yet counted as done: their start or result is not acknowledged. */
  readonly unacknowledged: number;
}

export interface LastPoll extends Queue {
  readonly workerId?: string;
  /** Epoch ms. */
  readonly at: number;
}
