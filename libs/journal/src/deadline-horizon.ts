/**
 * How far deadlines may be enforced. A deadline due at t fires only after everything that had been sent before t was
 * read: after the reader has passed the first end of `commands[p]` that was looked up at or after t. Later look-ups do
 * not replace it, so a reader that lags behind a growing topic reaches its deadlines all the same.
 */
export class DeadlineHorizon {
  /** Look-ups whose end the reader has not reached, oldest first. */
  #open: { readonly at: number; readonly end: number }[] = [];
  #through = -Infinity;
  #lookedUpAt = -Infinity;

  /** Deadlines due up to this moment (owner's clock) may fire. */
  get through(): number {
    return this.#through;
  }
  /** Whether a look-up covers a deadline due at `time`: it will fire once the reader gets there. */
  covers(time: number): boolean {
    return time <= this.#lookedUpAt;
  }

  /** `commands[p]` was asked for its end not before `at`, and had this one. */
  lookedUp(at: number, end: number, readThrough: number): void {
    this.#lookedUpAt = Math.max(this.#lookedUpAt, at);
    this.#open.push({ at, end });
    this.read(readThrough);
  }

  /** Everything before this offset of `commands[p]` has been decided; returns whether the horizon moved. */
  read(through: number): boolean {
    let reached = 0;
    for (const { at, end } of this.#open) {
      if (end > through) break;
      this.#through = Math.max(this.#through, at);
      reached += 1;
    }
    if (reached > 0) this.#open = this.#open.slice(reached);
    return reached > 0;
  }
}
