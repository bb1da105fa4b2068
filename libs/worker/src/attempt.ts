import type { Clock } from '@partitura/log';
import type { TaskLog, TaskRecord } from '@partitura/model';

/** What an attempt can do besides ending. */
export interface Attempt {
  /**
   * Aborted when the result is wanted no longer: the task was cancelled, timed out or was handed to somebody else, or
   * this process stops and will not wait. Known for sure only after a heartbeat, so after a part of the response time-out.
   */
  readonly signal: AbortSignal;
  /** Travels with the result. The last 1,000 lines count. */
  log(message: string): void;
}

const linesMax = 1_000;
const lineMax = 4_096;

/** One attempt while it goes on. */
export class RunningAttempt implements Attempt {
  readonly task: TaskRecord;
  readonly #clock: Clock;
  #logs: TaskLog[] = [];
  /** Made when somebody asks for it: most handlers do not. */
  #controller: AbortController | undefined;
  #abortedFor: Error | undefined;
  #lost = false;

  constructor(task: TaskRecord, clock: Clock) {
    this.task = task;
    this.#clock = clock;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#abortedFor !== undefined) this.#controller.abort(this.#abortedFor);
    }
    return this.#controller.signal;
  }

  /** The decider waits for something else by now. */
  get isLost(): boolean {
    return this.#lost;
  }

  lose(): void {
    this.#lost = true;
    this.abort(new Error('the task was ended or handed out again meanwhile'));
  }

  abort(why: Error): void {
    if (this.#abortedFor !== undefined) return;
    this.#abortedFor = why;
    this.#controller?.abort(why);
  }

  log(message: string): void {
    this.#logs.push({ message: message.slice(0, lineMax), at: this.#clock.now() });
    if (this.#logs.length >= 2 * linesMax) this.#logs = this.#logs.slice(-linesMax);
  }

  get logs(): readonly TaskLog[] {
    return this.#logs.slice(-linesMax);
  }
}
