/** A task that comes this soon after a poll has left would have been worth the poll's while. */
const soonMs = 1;
const oftenEnough = 3;

/**
 * Whether it pays for a batch poll that has a task to wait a moment for more. It does while tasks come one upon the
 * other, and only then: whoever works alone must not wait for what cannot come before he is done.
 */
export class Company {
  #expected = false;
  #missed = 0;
  #leftAt = -Infinity;

  get expected(): boolean {
    return this.#expected;
  }

  /** A poll left at once with what there was. By the monotonic clock. */
  left(at: number): void {
    this.#leftAt = at;
  }

  /** More tasks are ready. */
  came(at: number): void {
    if (this.#expected || this.#leftAt === -Infinity) return;
    this.#missed = at - this.#leftAt <= soonMs ? this.#missed + 1 : 0;
    this.#leftAt = -Infinity;
    this.#expected = this.#missed >= oftenEnough;
  }

  /** A poll has waited; in vain, or not. */
  waited(gotMore: boolean): void {
    if (gotMore) return;
    this.#expected = false;
    this.#missed = 0;
  }
}
