import { ApiError } from '@partitura/conductor-api';
import type { Clock, Log } from '@partitura/log';
import type { PositionBoard } from '@partitura/read-model';
import { topicNames } from '@partitura/wire';

export interface AdmissionOptions {
  readonly log: Pick<Log, 'offsets'>;
  readonly positions: Pick<PositionBoard, 'known'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly namespace: string;
  readonly partitions: number;
  /** Commands of this process whose outcome is awaited; beyond, the deciders do not keep up. */
  readonly waitingMax: number;
  /** Journal records of one partition that the read model lacks; beyond, what starts now would not be seen for long. */
  readonly lagMax: number;
}

const lookEveryMs = 1_000;

/**
 * Whether new work may begin. Only starts are sent away: what runs goes on, reports of workers are always taken. Asking
 * costs nothing: the read model's lag is looked up once a second, and only while somebody starts something.
 */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #journal: string;
  #waiting = 0;
  #lag = 0;
  #lookedAt = 0;
  #looking = false;

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.#journal = topicNames(options.namespace).journal;
  }

  /** Throws 429 while the journal or the read model is too far behind. */
  admitStart(): void {
    const { waitingMax, lagMax, clock } = this.#options;
    if (clock.now() - this.#lookedAt >= lookEveryMs) this.#look();
    if (this.#waiting >= waitingMax) throw tooBusy('too many commands wait to be decided');
    if (this.#lag > lagMax) throw tooBusy('the read model is too far behind');
  }

  /** A command was sent whose outcome should come at once. */
  sent(): void {
    this.#waiting += 1;
  }

  /** Its outcome came, or nobody waits for it any more. */
  settled(): void {
    this.#waiting -= 1;
  }

  #look(): void {
    if (this.#looking) return;
    this.#looking = true;
    const { log, positions, clock, partitions } = this.#options;
    const lags = Array.from({ length: partitions }, async (_, partition) => {
      const known = positions.known.get(partition);
      return known === undefined ? 0 : (await log.offsets(this.#journal, partition)).end - known;
    });
    void Promise.all(lags)
      .then(
        (all) => (this.#lag = Math.max(0, ...all)),
        // A log that cannot be asked refuses commands by itself.
        () => undefined,
      )
      .finally(() => {
        this.#lookedAt = clock.now();
        this.#looking = false;
      });
  }
}

function tooBusy(why: string): ApiError {
  return new ApiError(429, `nothing new can be started at the moment: ${why}`, { retryAfterSeconds: 2 });
}
