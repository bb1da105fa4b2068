import type { Clock, CommittedPosition } from '@partitura/log';
import type { Tenure } from './tenure.ts';

const everyMs = 200;

export interface ProgressHost {
  readonly clock: Clock;
  commit(positions: readonly CommittedPosition[]): Promise<void>;
  readonly onAlarm: (what: string, why: unknown) => void;
}

/** Commits how far partitions are done, all together and not more often than every 200 ms. */
export class Progress {
  readonly #host: ProgressHost;
  #advanced = new Set<Tenure>();
  #stopTimer: (() => void) | undefined;
  #committing: Promise<void> | undefined;

  constructor(host: ProgressHost) {
    this.#host = host;
  }

  advanced(tenure: Tenure): void {
    this.#advanced.add(tenure);
    this.#stopTimer ??= this.#host.clock.after(everyMs, () => {
      this.#stopTimer = undefined;
      void this.flush();
    });
  }

  /** Resolves when what was known at the call is committed, or was refused. */
  async flush(): Promise<void> {
    await this.#committing;
    this.#committing = this.#commit();
    await this.#committing;
  }

  stop(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  async #commit(): Promise<void> {
    const tenures = [...this.#advanced].filter((tenure) => !tenure.isOver);
    this.#advanced = new Set();
    if (tenures.length === 0) return;
    try {
      await this.#host.commit(tenures.map((tenure) => tenure.position));
    } catch (error) {
      // Nothing is lost: what is not committed is met again, and the decider remembers it.
      this.#host.onAlarm('progress could not be committed yet', error);
      for (const tenure of tenures) if (!tenure.isOver) this.advanced(tenure);
    }
  }
}
