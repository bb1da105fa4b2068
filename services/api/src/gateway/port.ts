import type { TaskId, TaskRecord, WorkflowId } from '@partitura/model';
import type { Queue } from '@partitura/wire';

/** The task queues as HTTP workers see them: whichever instance they ask, they get what there is. */
export interface TaskQueues {
  /** Resolves with the first tasks there are, at the latest after `waitMs`. Parked polls cost no IO. */
  poll(request: PollRequest): Promise<PollAnswer>;
  /** Tasks waiting per queue, over all instances: of the given queues, else of all. */
  sizes(queues?: readonly Queue[]): Promise<readonly QueueSize[]>;
  /** Who polled last, over all instances; of one task type, else of all. */
  pollData(type?: string): Promise<readonly PollData[]>;
}

export interface PollRequest {
  readonly queue: Queue;
  readonly workerId?: string;
  readonly count: number;
  readonly waitMs: number;
  /** Aborted when the client vanishes: it then gets nothing, and loses nothing. */
  readonly signal?: AbortSignal;
}

export interface PollAnswer {
  readonly tasks: readonly TaskRecord[];
  /** Why there is nothing, where the reason is not simply that nothing waits. */
  readonly note?: string;
}

export interface QueueSize extends Queue {
  readonly size: number;
}

export interface PollData extends Queue {
  readonly workerId: string;
  readonly lastPollTime: number;
}

/** What the gateway tells the decider. */
export interface StartedReports {
  /** Resolves when the report is durable: from then on the response time-out watches the task. */
  report(started: StartedReport): Promise<void>;
  /** Resolves with whether the decider agrees that the task may be handed out under this dispatch. */
  ask(started: StartedReport): Promise<boolean>;
}

export interface StartedReport {
  readonly workflowId: WorkflowId;
  readonly taskId: TaskId;
  readonly dispatch: number;
  readonly workerId?: string;
}
