import type { CommandBus } from '@partitura/command-bus';
import { commandId, Fault, type Outcome, type TaskLog, type TaskRecord } from '@partitura/model';
import type { TaskOutcome } from './task-outcome.ts';

/**
 * What a worker tells about hand-overs. Every method resolves when the report is durable, and may be called again when
 * it rejects: the same report always has the same id.
 */
export interface Reports {
  started(task: TaskRecord): Promise<void>;
  /** Whether the decider agrees that this hand-over may be worked on. Rejects while it does not know. */
  askToStart(task: TaskRecord, timeoutMs: number): Promise<boolean>;
  /** `begunAt`: when the attempt began, in epoch ms, unless `started` or `askToStart` told that. */
  ended(task: TaskRecord, outcome: TaskOutcome, logs: readonly TaskLog[], begunAt: number | undefined): Promise<void>;
  /** Whether the decider still waits for this hand-over. Rejects while it does not know. */
  extendLease(task: TaskRecord, beat: number, timeoutMs: number): Promise<boolean>;
}

/** For queues whose records are no tasks of workflows: nobody waits for reports, and repeats do no harm. */
export const noReports: Reports = {
  started: () => Promise.resolve(),
  askToStart: () => Promise.resolve(true),
  ended: () => Promise.resolve(),
  extendLease: () => Promise.resolve(true),
};

/** Reports as commands to the workflow of the task. */
export class TaskReports implements Reports {
  readonly #bus: CommandBus;
  readonly #workerId: string;

  constructor(bus: CommandBus, workerId: string) {
    this.#bus = bus;
    this.#workerId = workerId;
  }

  started(task: TaskRecord): Promise<void> {
    return this.#bus.send(this.#startedOrder(task));
  }

  async askToStart(task: TaskRecord, timeoutMs: number): Promise<boolean> {
    const { outcome } = await this.#bus.call(this.#startedOrder(task), timeoutMs);
    // Repeated by whoever may have begun before us: it goes on only if that was accepted.
    return isAgreed(outcome.kind === 'duplicate' ? outcome.first : outcome);
  }

  ended(task: TaskRecord, outcome: TaskOutcome, logs: readonly TaskLog[], begunAt: number | undefined): Promise<void> {
    const { status, output, reason, callbackAfterSeconds = 0 } = outcome;
    const { dispatch } = task;
    const workerId = this.#workerId;
    return this.#bus.send({
      commandId: idOf(task, status),
      aggregate: task.workflowId,
      body: {
        type: 'TaskResult',
        taskId: task.taskId,
        dispatch,
        status,
        output,
        ...(reason === undefined ? {} : { reason }),
        callbackAfterSeconds,
        workerId,
        extendLease: false,
        logs,
        ...(begunAt === undefined ? {} : { begun: { dispatch, workerId, at: begunAt } }),
      },
    });
  }

  async extendLease(task: TaskRecord, beat: number, timeoutMs: number): Promise<boolean> {
    const order = {
      commandId: idOf(task, `lease.${beat}`),
      aggregate: task.workflowId,
      body: {
        type: 'TaskResult',
        taskId: task.taskId,
        dispatch: task.dispatch,
        status: 'IN_PROGRESS',
        output: task.output,
        callbackAfterSeconds: 0,
        workerId: this.#workerId,
        extendLease: true,
        logs: [],
      },
    } as const;
    const { outcome } = await this.#bus.call(order, timeoutMs);
    // A report about a task that is over is answered as if it repeated the one that ended it: not with `accepted`.
    return isAgreed(outcome);
  }

  #startedOrder(task: TaskRecord) {
    const { taskId, dispatch } = task;
    return {
      commandId: idOf(task, 'started'),
      aggregate: task.workflowId,
      body: { type: 'TaskStarted', taskId, dispatch, workerId: this.#workerId },
    } as const;
  }
}

/** No answer about the task itself. */
const askLater: ReadonlySet<string> = new Set(['BUSY', 'ARCHIVE_UNAVAILABLE']);

function isAgreed(outcome: Outcome | undefined): boolean {
  if (outcome?.kind === 'rejected' && askLater.has(outcome.code))
    throw new Fault(outcome.code, outcome.reason, { retryable: true });
  return outcome === undefined || outcome.kind === 'accepted';
}

/** The same report always has the same id, whoever repeats it. */
function idOf(task: TaskRecord, report: string) {
  return commandId(`${task.taskId}/${task.dispatch}/${report}`);
}
