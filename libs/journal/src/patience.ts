import { sleep, type Clock } from '@partitura/log';
import { isRetryable, Stopped } from './failures.ts';

/** Whether an activity still goes on; whatever awaited something asks before it touches state again. */
export interface Life {
  readonly alive: boolean;
}

export interface Pauses {
  readonly retryMs: number;
  readonly retryMaxMs: number;
}

/** Pause before the n-th repetition, n from 0. */
export const pauseMs = (pauses: Pauses, n: number): number =>
  Math.min(pauses.retryMaxMs, pauses.retryMs * 2 ** Math.min(n, 20));

/**
 * Does something until it succeeds, pausing longer and longer. Throws `Stopped` once the life has ended, and what
 * `attempt` threw when repeating cannot help.
 */
export async function patiently<T>(
  clock: Clock,
  life: Life,
  pauses: Pauses,
  attempt: () => Promise<T>,
  onFault?: (error: unknown) => void,
): Promise<T> {
  for (let n = 0; ; n++) {
    if (!life.alive) throw new Stopped();
    try {
      const result = await attempt();
      mustLive(life);
      return result;
    } catch (error) {
      mustLive(life);
      if (!isRetryable(error)) throw error;
      onFault?.(error);
    }
    await sleep(clock, pauseMs(pauses, n));
  }
}

/** After whatever was awaited: throws `Stopped` when the life has ended meanwhile. */
export function mustLive(life: Life): void {
  if (!life.alive) throw new Stopped();
}

/** Whether the life has ended, perhaps while something was awaited. */
export const hasEnded = (life: Life): boolean => !life.alive;

/** Lets the event loop have its turn whenever a stretch of work has taken its time. */
export class Slices {
  readonly #clock: Clock;
  readonly #sliceMs: number;
  #begun: number;

  constructor(clock: Clock, sliceMs: number) {
    this.#clock = clock;
    this.#sliceMs = sliceMs;
    this.#begun = clock.monotonic();
  }

  /** A stretch of work begins. */
  begin(): void {
    this.#begun = this.#clock.monotonic();
  }
  get spent(): boolean {
    return this.#clock.monotonic() - this.#begun >= this.#sliceMs;
  }
  async pause(): Promise<void> {
    await sleep(this.#clock, 0);
    this.begin();
  }
}
