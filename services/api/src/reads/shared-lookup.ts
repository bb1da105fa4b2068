/**
 * One look-up at a time, shared by everybody who asks meanwhile. Who asks joins the next look-up, never one that is in
 * flight: its answer is at least as new as the question.
 */
export class SharedLookup<T> {
  readonly #look: () => Promise<T>;
  #flying: Promise<unknown> = Promise.resolve();
  #next: Promise<T> | undefined;

  constructor(look: () => Promise<T>) {
    this.#look = look;
  }

  join(): Promise<T> {
    this.#next ??= this.#flying.then(() => {
      this.#next = undefined;
      const look = this.#look();
      this.#flying = look.catch(() => undefined);
      return look;
    });
    return this.#next;
  }
}
