import type { Receiver } from './port.ts';

/**
 * One waiting client, here or at a peer. Collects until it has enough, until nothing more comes within a moment, or
 * until its time is over; settles once.
 */
export class Poll<T> {
  readonly to: Receiver;
  readonly #count: number;
  readonly #taken: T[] = [];
  readonly #settle: (taken: readonly T[]) => void;
  #asked = 0;
  #over = false;
  #settled = false;
  readonly #onSettled: (() => void)[] = [];

  constructor(options: {
    readonly count: number;
    readonly to: Receiver;
    readonly settle: (taken: readonly T[]) => void;
  }) {
    this.#count = options.count;
    this.to = options.to;
    this.#settle = options.settle;
  }

  /** How many more it takes now. */
  get wants(): number {
    return this.#over ? 0 : this.#count - this.#taken.length - this.#asked;
  }

  get isSettled(): boolean {
    return this.#settled;
  }

  /** How much was handed to it: with something it should not wait much longer. */
  get has(): number {
    return this.#taken.length;
  }

  give(entry: T): void {
    this.#taken.push(entry);
    if (this.#taken.length >= this.#count) this.end();
  }

  /** An entry depends on somebody's answer; the poll does not end before it. */
  async giveIf(answer: Promise<boolean>, entry: T): Promise<boolean> {
    this.#asked++;
    const given = await answer.catch(() => false);
    this.#asked--;
    if (given) this.give(entry);
    if (this.#over) this.end();
    return given;
  }

  /** Takes nothing more; settles once nothing is asked about any more. */
  end(): void {
    this.#over = true;
    if (this.#settled || this.#asked > 0) return;
    this.#settled = true;
    this.#settle(this.#taken);
    for (const done of this.#onSettled) done();
  }

  whenSettled(done: () => void): void {
    this.#onSettled.push(done);
  }
}
