interface Known {
  readonly dispatch: number;
  /** Resolves when the attempt is over; undefined once it is. */
  running: Promise<void> | undefined;
}

/**
 * Remembers the hand-overs that this process has begun, so that a record which comes again is not worked on again.
 * Bounded: the oldest is forgotten first, and the decider's answer catches what is forgotten.
 */
export class DispatchMemory {
  readonly #known = new Map<string, Known>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  /** What is known of a hand-over: nothing, that it or a later one is over, or the attempt that goes on. */
  look(taskId: string, dispatch: number): 'unknown' | 'over' | Promise<void> {
    const known = this.#known.get(taskId);
    if (known === undefined || known.dispatch < dispatch) return 'unknown';
    return (known.dispatch === dispatch ? known.running : undefined) ?? 'over';
  }

  /**
   * An attempt began. It settles as `true` when nothing of it is left to do; otherwise the hand-over is forgotten, so
   * that its record can be worked on when it comes again.
   */
  begin(taskId: string, dispatch: number, attempt: Promise<boolean>): void {
    const known: Known = { dispatch, running: undefined };
    known.running = attempt.then((over) => {
      known.running = undefined;
      if (!over && this.#known.get(taskId) === known) this.#known.delete(taskId);
    });
    this.#known.delete(taskId);
    this.#known.set(taskId, known);
    if (this.#known.size > this.#max) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
  }
}
