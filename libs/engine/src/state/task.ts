import { isSuccessful, type Payload, type TaskScheduled, type TaskStatus } from '@partitura/model';
import type { Draft } from '../draft.ts';

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

/** A copy that may be filled in before it is handed out. */
export function draftOf(task: Task): Draft<Task> {
  return {
    plan: task.plan,
    attempt: task.attempt,
    scheduledAt: task.scheduledAt,
    status: task.status,
    output: task.output,
    reason: task.reason,
    workerId: task.workerId,
    dispatch: task.dispatch,
    polledDispatch: task.polledDispatch,
    pollCount: task.pollCount,
    dueAt: task.dueAt,
    offeredAt: task.offeredAt,
    startedAt: task.startedAt,
    updatedAt: task.updatedAt,
    endedAt: task.endedAt,
    callbackAfterSeconds: task.callbackAfterSeconds,
    retried: task.retried,
    joinOpen: task.joinOpen,
  };
}

export const isOpen = (task: Task): boolean => task.status === 'SCHEDULED' || task.status === 'IN_PROGRESS';

/** It waits for the answer to a question, and nothing else; for everybody else it is open like any other. */
export const isAsking = (task: Task): boolean => isOpen(task) && task.offeredAt > 0 && asksNobodyElse(task);

/** What a child says before it has taken the task's last request is overtaken. Old journals do not tell. */
export const isLate = (task: Task, request: number | undefined): boolean =>
  request !== undefined && request < task.dispatch;

/** It was passed over before the flow had come to it: nothing of it was ever begun. */
export const wasPassedOver = ({ plan }: Task): boolean => plan.status === 'SCHEDULED' && plan.queue === undefined;

/** Neither handed to workers nor to a child workflow. */
export const asksNobodyElse = ({ plan }: Task): boolean => plan.queue === undefined && plan.child === undefined;

export const dataBytesOf = (task: Task): number => task.plan.input.size + task.output.size;

/** Decided: ended, and no other attempt follows. */
export const isDecided = (task: Task): boolean => !isOpen(task) && !task.retried;

/** Ended badly and for good; open tasks have not failed. */
export const hasFailed = (task: Task): boolean => !isSuccessful(task.status);
