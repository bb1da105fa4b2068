import type { Clock } from '@partitura/log';
import type { TaskRecord } from '@partitura/model';

/** How long a beginning may stay untold: results of quick handlers take it along. */
const holdMs = 50;

interface Held {
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
  /** By hand-over, not by task: an earlier one of the same task may still be in hand. Oldest first. */
  readonly #held = new Map<TaskRecord, Held>();
  #isSweeping = false;

  constructor(clock: Clock, tell: (task: TaskRecord) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  hold(task: TaskRecord): void {
    const due = this.#clock.monotonic() + holdMs;
    this.#held.set(task, { at: this.#clock.now(), due });
    if (!this.#isSweeping) this.#sweepAfter(holdMs);
  }

  /** When an attempt began, in epoch ms, unless that was told meanwhile. It will not be told any more. */
  take(task: TaskRecord): number | undefined {
    const at = this.#held.get(task)?.at;
    this.#held.delete(task);
    return at;
  }

  #sweepAfter(delayMs: number): void {
    this.#isSweeping = true;
    this.#clock.after(delayMs, () => this.#sweep());
  }

  #sweep(): void {
    this.#isSweeping = false;
    const now = this.#clock.monotonic();
    for (const [task, { due }] of this.#held) {
      if (due > now) {
        this.#sweepAfter(Math.max(1, due - now));
        return;
      }
      this.#held.delete(task);
      this.#tell(task);
    }
  }
}
