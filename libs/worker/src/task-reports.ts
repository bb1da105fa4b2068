import type { CommandBus } from '@partitura/command-bus';
import { commandId, type TaskLog, type TaskRecord } from '@partitura/model';
import type { TaskOutcome } from './task-outcome.ts';

/** What a worker tells about hand-overs. Every method resolves when the report is durable. */
export interface Reports {
  started(task: TaskRecord): Promise<void>;
  /** Whether the decider agrees that this hand-over may be worked on. */
  askToStart(task: TaskRecord, timeoutMs: number): Promise<boolean>;
  ended(task: TaskRecord, outcome: TaskOutcome, logs: readonly TaskLog[]): Promise<void>;
  extendLease(task: TaskRecord, beat: number): Promise<void>;
}

/** For queues whose records are no tasks of workflows: nobody waits for reports, and repeats do no harm. */
export const noReports: Reports = {
  started: () => Promise.resolve(),
  askToStart: () => Promise.resolve(true),
  ended: () => Promise.resolve(),
  extendLease: () => Promise.resolve(),
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
    return this.#bus.send({
      commandId: idOf(task, 'started'),
      aggregate: task.workflowId,
      body: this.#startedBody(task),
    });
  }

  async askToStart(task: TaskRecord, timeoutMs: number): Promise<boolean> {
    const order = { commandId: idOf(task, 'started'), aggregate: task.workflowId, body: this.#startedBody(task) };
    const { outcome } = await this.#bus.call(order, timeoutMs);
    return outcome.kind === 'accepted' || (outcome.kind === 'duplicate' && outcome.first?.kind !== 'rejected');
  }

  ended(task: TaskRecord, outcome: TaskOutcome, logs: readonly TaskLog[]): Promise<void> {
    const { status, output, reason, callbackAfterSeconds = 0 } = outcome;
    return this.#bus.send({
      commandId: idOf(task, status),
      aggregate: task.workflowId,
      body: {
        type: 'TaskResult',
        taskId: task.taskId,
        dispatch: task.dispatch,
        status,
        output,
        ...(reason === undefined ? {} : { reason }),
        callbackAfterSeconds,
        workerId: this.#workerId,
        extendLease: false,
        logs,
      },
    });
  }

  extendLease(task: TaskRecord, beat: number): Promise<void> {
    return this.#bus.send({
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
    });
  }

  #startedBody(task: TaskRecord) {
    return { type: 'TaskStarted', taskId: task.taskId, dispatch: task.dispatch, workerId: this.#workerId } as const;
  }
}

/** The same report always has the same id, whoever repeats it. */
function idOf(task: TaskRecord, report: string) {
  return commandId(`${task.taskId}/${task.dispatch}/${report}`);
}
