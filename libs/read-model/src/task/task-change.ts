import {
  Payload,
  type TaskEnded,
  type TaskPolled,
  type TaskProgressed,
  type TaskReopened,
  type TaskRerun,
  type TaskScheduled,
  type TaskStatus,
} from '@partitura/model';
import { payloadColumn } from '../payload-column.ts';

/** Which columns of an existing row change; a bit each, so that one statement changes many rows. */
export const taskColumns = {
  status: 1,
  output: 2,
  reason: 4,
  workerId: 8,
  endTime: 16,
  callback: 32,
  retried: 64,
  attempt: 128,
  updateTime: 256,
} as const;

export interface Reran {
  readonly input: Payload;
  readonly childId: string | undefined;
  readonly domain: string | undefined;
  readonly at: number;
}

/**
 * What a batch of entries does to one row of `read_model.task`: makes it (when the batch holds the scheduling), or
 * changes some columns of it without knowing the others.
 */
export class TaskChange {
  readonly taskId: string;
  /** The batch holds the scheduling: all fields are known. */
  scheduled: TaskScheduled | undefined;
  /** The row is as good as new: what has to be reset before anything else is changed. */
  reran: Reran | undefined;
  scheduledTime = 0;
  /** Bits of {@link taskColumns}. */
  changed = 0;
  journalOffset = 0;
  status: TaskStatus = 'SCHEDULED';
  output: Uint8Array | undefined;
  reason: string | undefined;
  workerId: string | undefined;
  endTime = 0;
  updateTime = 0;
  callbackAfterSeconds = 0;
  retried = false;
  attempt = 0;
  /** First hand-out within this batch; counts only where the row has none yet. 0: none. */
  startTime = 0;
  /** Hand-outs within this batch. */
  polls = 0;

  constructor(taskId: string) {
    this.taskId = taskId;
  }

  schedule(event: TaskScheduled, at: number): void {
    this.scheduled = event;
    this.scheduledTime = at;
    this.status = event.status;
    this.attempt = event.attempt;
    // Tasks that no worker begins (waits, joins, children) have begun when they are entered.
    if (event.status === 'IN_PROGRESS') this.startTime = at;
    if (event.child !== undefined) {
      this.output = payloadColumn(Payload.of({ subWorkflowId: event.child.workflowId }));
      this.updateTime = at;
    }
  }

  poll(event: TaskPolled, at: number): void {
    this.#setStatus('IN_PROGRESS', at);
    this.polls += 1;
    this.#startAt(event.at ?? at);
    this.#setWorker(event.workerId);
    this.callbackAfterSeconds = 0;
    this.changed |= taskColumns.callback;
  }

  progress(event: TaskProgressed, at: number): void {
    this.#setStatus(event.status, at);
    this.#setOutput(event.output, event.reason);
    this.#setWorker(event.workerId);
    this.callbackAfterSeconds = event.callbackAfterSeconds;
    this.changed |= taskColumns.callback;
  }

  extendLease(at: number): void {
    this.#touch(at);
  }

  end(event: TaskEnded, at: number): void {
    this.#setStatus(event.status, at);
    this.#setOutput(event.output, event.reason);
    if (event.workerId !== undefined) this.#setWorker(event.workerId);
    this.endTime = at;
    this.changed |= taskColumns.endTime;
    // A result tells that somebody worked on it, even where no hand-out was reported.
    if (hasRun.has(event.status)) this.#startAt(at);
    if (event.retried) this.retry();
  }

  /** A newer attempt exists. */
  retry(): void {
    this.retried = true;
    this.changed |= taskColumns.retried;
  }

  /** As if it had just been scheduled, under its old id and number. */
  rerun(event: TaskRerun, at: number): void {
    const { input, child, queue } = event;
    if (this.scheduled !== undefined)
      this.scheduled = { ...this.scheduled, input, ...(child && { child }), ...(queue && { queue }) };
    else this.reran = { input, childId: child?.workflowId, domain: queue?.domain, at };
    this.#setStatus(event.status, at);
    this.#setOutput(child === undefined ? Payload.empty : Payload.of({ subWorkflowId: child.workflowId }), undefined);
    this.attempt = event.attempt;
    this.scheduledTime = at;
    this.startTime = event.status === 'IN_PROGRESS' ? at : 0;
    this.endTime = 0;
    this.polls = 0;
    this.callbackAfterSeconds = 0;
    this.retried = false;
    this.changed |= taskColumns.attempt | taskColumns.endTime | taskColumns.callback;
    this.changed &= ~taskColumns.retried;
  }

  reopen(event: TaskReopened, at: number): void {
    this.#setStatus(event.status ?? 'IN_PROGRESS', at);
    if (event.output !== undefined) this.#setOutput(event.output, undefined);
    this.attempt = event.attempt;
    this.endTime = 0;
    this.reason = undefined;
    this.changed |= taskColumns.attempt | taskColumns.endTime | taskColumns.reason;
  }

  #setStatus(status: TaskStatus, at: number): void {
    this.status = status;
    this.changed |= taskColumns.status;
    this.#touch(at);
  }

  #setOutput(output: TaskEnded['output'], reason: string | undefined): void {
    this.output = payloadColumn(output);
    this.reason = reason;
    this.changed |= taskColumns.output | taskColumns.reason;
  }

  #setWorker(workerId: string | undefined): void {
    this.workerId = workerId;
    this.changed |= taskColumns.workerId;
  }

  #startAt(at: number): void {
    if (this.startTime === 0) this.startTime = at;
  }

  #touch(at: number): void {
    this.updateTime = at;
    this.changed |= taskColumns.updateTime;
  }
}

const hasRun: ReadonlySet<TaskStatus> = new Set([
  'COMPLETED',
  'COMPLETED_WITH_ERRORS',
  'FAILED',
  'FAILED_WITH_TERMINAL_ERROR',
]);
