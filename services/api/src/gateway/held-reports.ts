import type { Clock } from '@partitura/log';
import type { TaskBegun, TaskId, WorkflowId } from '@partitura/model';
import type { StartedReport, StartedReports } from './started-reports.ts';

/** How long a hand-out may stay unreported: results of quick workers take the report along. */
const holdMs = 50;

interface Held {
  readonly started: StartedReport;
  /** By the monotonic clock. */
  readonly due: number;
  readonly done: (what: 'reported' | 'undelivered') => void;
  readonly failed: (why: unknown) => void;
}

/** A report that goes with a result. Whoever took it says what became of the result. */
export interface TakenReport {
  readonly begun: TaskBegun;
  /** Who got the task; absent where nobody has to say who he is. */
  readonly principal: string | undefined;
  /** The decider has recorded the result, and the report with it. */
  recorded(): void;
  /** Nobody knows: the report goes its own way. */
  release(): void;
}

/**
 * Holds reports of hand-outs back for a moment. Most results of quick workers come within it and take the report along,
 * which saves a command, a decision and a journal entry per task. Until then the hand-out is known here only: a process
 * that dies within that moment has its task handed out again, as if it had died before.
 */
export class HeldReports implements StartedReports {
  readonly #inner: StartedReports;
  readonly #clock: Clock;
  /** Oldest first. */
  readonly #held = new Map<TaskId, Held>();
  #timer: (() => void) | undefined;
  #closed = false;

  constructor(inner: StartedReports, clock: Clock) {
    this.#inner = inner;
    this.#clock = clock;
  }

  report(started: StartedReport): Promise<'reported' | 'undelivered'> {
    if (this.#closed || this.#held.has(started.taskId)) return this.#inner.report(started);
    return new Promise((done, failed) => {
      this.#held.set(started.taskId, { started, due: this.#clock.monotonic() + holdMs, done, failed });
      this.#timer ??= this.#clock.after(holdMs, () => this.#sweep());
    });
  }

  ask(started: StartedReport): Promise<boolean> {
    return this.#inner.ask(started);
  }

  /** The report of a task whose result has come. */
  take(taskId: TaskId): TakenReport | undefined {
    const held = this.#held.get(taskId);
    if (held === undefined) return undefined;
    this.#held.delete(taskId);
    const { dispatch, at, workerId, principal } = held.started;
    return {
      begun: { dispatch, at, ...(workerId !== undefined && { workerId }) },
      principal,
      recorded: () => held.done('reported'),
      release: () => this.#send(held),
    };
  }

  /** The client was gone before it had this task: as long as nobody was told of the hand-out, there was none. */
  undelivered(taskId: TaskId): void {
    const held = this.#held.get(taskId);
    if (held === undefined) return;
    this.#held.delete(taskId);
    held.done('undelivered');
  }

  /** Before a read of this run: resolves when the decider has heard what is held of it. Never rejects. */
  async flush(run: WorkflowId): Promise<void> {
    if (this.#held.size === 0) return;
    const asked: Promise<unknown>[] = [];
    for (const held of this.#held.values()) {
      if (held.started.workflowId !== run) continue;
      this.#held.delete(held.started.taskId);
      asked.push(
        this.#inner.ask(held.started).then(
          () => held.done('reported'),
          () => this.#send(held),
        ),
      );
    }
    await Promise.all(asked);
  }

  /** Reports everything now, and whatever comes later at once. */
  close(): void {
    this.#closed = true;
    this.#timer?.();
    for (const held of this.#held.values()) this.#send(held);
    this.#held.clear();
  }

  #sweep(): void {
    this.#timer = undefined;
    const now = this.#clock.monotonic();
    for (const [taskId, held] of this.#held) {
      if (held.due > now) {
        this.#timer = this.#clock.after(Math.max(1, held.due - now), () => this.#sweep());
        return;
      }
      this.#held.delete(taskId);
      this.#send(held);
    }
  }

  #send({ started, done, failed }: Held): void {
    this.#inner.report(started).then(done, failed);
  }
}
