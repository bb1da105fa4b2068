import { ApiError } from '@partitura/conductor-api';

/**
 * So many at a time, so many more wait; beyond, who asks is told to come back. Keeps what may be slow from taking all
 * connections of the database away from reads by id.
 */
export class Bulkhead {
  readonly #what: string;
  readonly #atOnce: number;
  readonly #waitingMax: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(what: string, limits: { readonly atOnce: number; readonly waiting: number }) {
    this.#what = what;
    this.#atOnce = limits.atOnce;
    this.#waitingMax = limits.waiting;
  }

  /** Rejects with 429 when too many wait. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#atOnce) {
      if (this.#waiting.length >= this.#waitingMax) {
        throw new ApiError(429, `too many ${this.#what} at once`, { retryAfterSeconds: 1 });
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running += 1;
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
