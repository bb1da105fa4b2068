import type { Clock } from '@partitura/log';
import type { TaskId, TaskRecord } from '@partitura/model';

/** How long a beginning may stay untold: results of quick handlers take it along. */
export const holdMs = 50;

interface Held {
  readonly task: TaskRecord;
  /** Epoch ms. */
  readonly at: number;
  /** By the monotonic clock. */
  readonly due: number;
}

/**
 * Beginnings of attempts that nobody was told of yet. Most handlers are done within a moment, and their results tell
 * when they began: that saves a command, a decision and a journal entry per task. What takes longer is told by itself.
 * Until then only this process knows: if it dies, the record comes again and waits for the decider's word, as ever.
 */
export class HeldBeginnings {
  readonly #clock: Clock;
  readonly #tell: (task: TaskRecord) => void;
  /** Oldest first. */
  readonly #held = new Map<TaskId, Held>();
  #isSweeping = false;

  constructor(clock: Clock, tell: (task: TaskRecord) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  hold(task: TaskRecord): void {
    const due = this.#clock.monotonic() + holdMs;
    this.#held.set(task.taskId, { task, at: this.#clock.now(), due });
    if (!this.#isSweeping) this.#sweepAfter(holdMs);
  }

  /** When an attempt began, in epoch ms, unless that was told meanwhile. It will not be told any more. */
  take({ taskId }: TaskRecord): number | undefined {
    const held = this.#held.get(taskId);
    if (held === undefined) return undefined;
    this.#held.delete(taskId);
    return held.at;
  }

  #sweepAfter(delayMs: number): void {
    this.#isSweeping = true;
    this.#clock.after(delayMs, () => this.#sweep());
  }

  #sweep(): void {
    this.#isSweeping = false;
    const now = this.#clock.monotonic();
    for (const [taskId, { task, due }] of this.#held) {
      if (due > now) {
        this.#sweepAfter(Math.max(1, due - now));
        return;
      }
      this.#held.delete(taskId);
      this.#tell(task);
    }
  }
}
