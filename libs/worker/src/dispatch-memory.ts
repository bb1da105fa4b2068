/** Remembers hand-overs that this process has begun: a redelivered record is dropped. Bounded, oldest forgotten first. */
export class DispatchMemory {
  readonly #seen = new Map<string, number>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  /** False when this hand-over, or a later one of the task, was begun before. */
  begin(taskId: string, dispatch: number): boolean {
    const known = this.#seen.get(taskId);
    if (known !== undefined && known >= dispatch) return false;
    this.#seen.delete(taskId);
    this.#seen.set(taskId, dispatch);
    if (this.#seen.size > this.#max)
      for (const oldest of this.#seen.keys()) {
        this.#seen.delete(oldest);
        break;
      }
    return true;
  }

  /** The hand-over came to nothing here: it may be begun again. */
  forget(taskId: string, dispatch: number): void {
    if (this.#seen.get(taskId) === dispatch) this.#seen.delete(taskId);
  }
}
