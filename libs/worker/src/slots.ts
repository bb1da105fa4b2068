/** How many may go on at once. Who waits is let in in the order of arrival. */
export class Slots {
  #free: number;
  #closed = false;
  #waiting: ((entered: boolean) => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Resolves when there is room; false when the doors were closed meanwhile. */
  async enter(): Promise<boolean> {
    if (this.#closed) return false;
    if (this.#free > 0) {
      this.#free--;
      return true;
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next(true);
  }

  /** Nobody who waits is let in any more, nor anybody who comes. */
  close(): void {
    this.#closed = true;
    for (const resolve of this.#waiting.splice(0)) resolve(false);
  }
}
