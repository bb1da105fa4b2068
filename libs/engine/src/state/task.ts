import type { Payload, TaskScheduled, TaskStatus } from '@partitura/model';

/** One attempt of one task. Times are epoch ms, 0 = not yet. */
export interface Task {
  /** Everything that scheduling fixed. */
  readonly plan: TaskScheduled;
  /** Differs from the plan's once the attempt was opened again. */
  readonly attempt: number;
  readonly scheduledAt: number;
  readonly status: TaskStatus;
  readonly output: Payload;
  readonly reason: string | undefined;
  readonly workerId: string | undefined;
  /** Hand-overs to the queue so far; 0: none yet. */
  readonly dispatch: number;
  /** The hand-over that a worker began with. */
  readonly polledDispatch: number;
  readonly pollCount: number;
  /** When the engine acts for it: hands it over, or ends its waiting; 0: never by itself. */
  readonly dueAt: number;
  /** When it was last handed over; the poll clock starts here. */
  readonly offeredAt: number;
  /** First hand-out. */
  readonly startedAt: number;
  readonly updatedAt: number;
  readonly endedAt: number;
  readonly callbackAfterSeconds: number;
  /** Another attempt follows, or has followed. */
  readonly retried: boolean;
  /** JOIN: references that are not decided yet. */
  readonly joinOpen: number;
}

export const isOpen = (task: Task): boolean => task.status === 'SCHEDULED' || task.status === 'IN_PROGRESS';

export const dataBytesOf = (task: Task): number => task.plan.input.bytes.length + task.output.bytes.length;

/** Decided: ended, and no other attempt follows. */
export const isDecided = (task: Task): boolean => !isOpen(task) && !task.retried;

/** Ended badly and for good; open tasks have not failed. */
export function hasFailed(task: Task): boolean {
  switch (task.status) {
    case 'FAILED':
    case 'FAILED_WITH_TERMINAL_ERROR':
    case 'TIMED_OUT':
    case 'CANCELED':
      return true;
    case 'SCHEDULED':
    case 'IN_PROGRESS':
    case 'COMPLETED':
    case 'COMPLETED_WITH_ERRORS':
    case 'SKIPPED':
      return false;
  }
}
