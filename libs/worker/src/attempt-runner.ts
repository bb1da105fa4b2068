import type { SecretLookup } from '@partitura/expressions';
import { sleep, type Clock } from '@partitura/log';
import { Fault, type TaskRecord } from '@partitura/model';
import { RunningAttempt, type Attempt } from './attempt.ts';
import { HeldBeginnings } from './held-beginnings.ts';
import { confidential, type Confidential } from './secrets.ts';
import { checked, failureOf, TerminalError, type TaskOutcome } from './task-outcome.ts';
import type { Reports } from './task-reports.ts';

export interface AttemptRunnerOptions {
  readonly clock: Clock;
  readonly reports: Reports;
  readonly topic: string;
  readonly secrets?: SecretLookup;
  readonly execute: (task: TaskRecord, attempt: Attempt) => Promise<TaskOutcome>;
  readonly onAlarm: (what: string, why: unknown) => void;
}

const askTimeoutMs = 30_000;
const repeatMs = 200;
const repeatMostMs = 5_000;
/** Heartbeats are sent at this fraction of the response time-out: one may be lost. */
const leaseFraction = 0.4;

/** Carries attempts from the decider's leave to begin to the durable report of their end. */
export class AttemptRunner {
  readonly #options: AttemptRunnerOptions;
  readonly #running = new Set<RunningAttempt>();
  readonly #beginnings: HeldBeginnings;
  #stopped = false;

  constructor(options: AttemptRunnerOptions) {
    this.#options = options;
    const { clock, reports } = options;
    // Not waited for: the report of the end follows it on the same way, and is accepted without it.
    this.#beginnings = new HeldBeginnings(clock, (task) => {
      this.#untilDurable(() => reports.started(task)).catch(() => undefined);
    });
  }

  get running(): number {
    return this.#running.size;
  }

  /** Nobody waits any more; what is not reported by now is left to whoever gets the record next. */
  abortAll(): void {
    this.#stopped = true;
    for (const attempt of this.#running) attempt.abort(new Error('the worker stops'));
  }

  /**
   * Resolves to whether nothing is left to do: the result is durable, or the decider has no use for it. Never rejects.
   * `isDoubtful`: somebody else may have worked on it, so the decider is asked first.
   */
  async run(task: TaskRecord, isDoubtful: boolean): Promise<boolean> {
    const attempt = new RunningAttempt(task, this.#options.clock);
    this.#running.add(attempt);
    try {
      if (!(await this.#mayBegin(task, isDoubtful))) return true;
      const outcome = await this.#execute(attempt);
      if (outcome !== undefined) await this.#report(attempt, outcome);
      return true;
    } catch (error) {
      if (!this.#stopped) this.#options.onAlarm(`task ${task.taskId} of ${this.#options.topic} is left undone`, error);
      return false;
    } finally {
      this.#running.delete(attempt);
      this.#beginnings.take(task);
    }
  }

  async #mayBegin(task: TaskRecord, isDoubtful: boolean): Promise<boolean> {
    const { reports } = this.#options;
    if (isDoubtful) return this.#untilDurable(() => reports.askToStart(task, askTimeoutMs));
    this.#beginnings.hold(task);
    return true;
  }

  /** Undefined: nobody waits for the outcome any more. */
  async #execute(attempt: RunningAttempt): Promise<TaskOutcome | undefined> {
    const { execute, secrets } = this.#options;
    const stopBeating = this.#keepLease(attempt);
    let kept: Confidential | undefined;
    try {
      if (secrets !== undefined) kept = confidential(attempt.task, secrets);
      const outcome = checked(await execute(kept?.task ?? attempt.task, attempt));
      return attempt.isLost ? undefined : (kept?.hide(outcome) ?? outcome);
    } catch (error) {
      if (attempt.isLost) return undefined;
      // Whoever is told to stop fails because of that: the task is not to blame.
      if (this.#stopped) throw error;
      const failure = failureOf(error);
      return kept?.hide(failure) ?? failure;
    } finally {
      stopBeating();
    }
  }

  async #report(attempt: RunningAttempt, outcome: TaskOutcome): Promise<void> {
    const { task, logs } = attempt;
    const { reports } = this.#options;
    const begunAt = this.#beginnings.take(task);
    try {
      await this.#untilDurable(() => reports.ended(task, outcome, logs, begunAt));
    } catch (error) {
      if (!isUnsendable(error)) throw error;
      const what = error instanceof Error ? error.message : String(error);
      const failure = failureOf(new TerminalError(`the result cannot be sent: ${what}`));
      await this.#untilDurable(() => reports.ended(task, failure, [], begunAt));
    }
  }

  /** Tells the decider now and then that the attempt goes on, and the handler when the decider has given it up. */
  #keepLease(attempt: RunningAttempt): () => void {
    const { clock, reports } = this.#options;
    const everyMs = attempt.task.responseTimeoutSeconds * 1_000 * leaseFraction;
    if (everyMs <= 0) return () => undefined;
    let stopTimer = (): void => undefined;
    let beats = 0;
    let isOver = false;
    const beat = async (): Promise<void> => {
      try {
        const isWanted = await reports.extendLease(attempt.task, ++beats, Math.min(everyMs, askTimeoutMs));
        if (!isWanted && !isOver) attempt.lose();
      } catch {
        // The next one may get through; the time-out is the answer if none does.
      }
    };
    const next = (): void => {
      stopTimer = clock.after(everyMs, () => {
        void beat();
        next();
      });
    };
    next();
    return () => {
      isOver = true;
      stopTimer();
    };
  }

  /** Reports are idempotent: repeated until the log has them, or until we stop. */
  async #untilDurable<T>(report: () => Promise<T>): Promise<T> {
    for (let waitMs = repeatMs; ; waitMs = Math.min(2 * waitMs, repeatMostMs)) {
      try {
        return await report();
      } catch (error) {
        if (this.#stopped || isUnsendable(error)) throw error;
        this.#options.onAlarm(`a report about a task of ${this.#options.topic} is repeated`, error);
        await sleep(this.#options.clock, waitMs);
      }
    }
  }
}

/** No repetition helps: no schema can hold it, or no topic takes it. */
function isUnsendable(error: unknown): boolean {
  return !(error instanceof Fault) || error.code === 'TOO_LARGE';
}
