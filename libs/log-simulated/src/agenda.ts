interface Item {
  readonly due: number;
  /** Order among items that are due together. */
  readonly rank: number;
  run: (() => void) | undefined;
}

/** Everything that is going to happen, by virtual time. */
export class Agenda {
  readonly #heap: Item[] = [];
  #now = 0;
  #rank = 0;

  /** Virtual milliseconds since the world began; fractions count. */
  get now(): number {
    return this.#now;
  }

  /** When the next thing happens; undefined: nothing ever will. */
  get nextDue(): number | undefined {
    this.#dropCancelled();
    return this.#heap[0]?.due;
  }

  /** Plans `run` for `delayMs` from now; things due together happen in the order they were planned. */
  plan(delayMs: number, run: () => void): () => void {
    const item: Item = { due: this.#now + Math.max(0, delayMs), rank: this.#rank++, run };
    this.#push(item);
    return () => {
      item.run = undefined;
    };
  }

  /** Takes the next thing off and moves time to it. */
  next(): (() => void) | undefined {
    this.#dropCancelled();
    const item = this.#pop();
    if (!item) return undefined;
    this.#now = item.due;
    return item.run;
  }

  #dropCancelled(): void {
    while (this.#heap[0] && !this.#heap[0].run) this.#pop();
  }

  #push(item: Item): void {
    const heap = this.#heap;
    let at = heap.push(item) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = heap[up];
      if (!parent || !before(item, parent)) break;
      heap[at] = parent;
      at = up;
    }
    heap[at] = item;
  }

  #pop(): Item | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (!top || !last || top === last) return top;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      const left = heap[child];
      if (!left) break;
      const right = heap[child + 1];
      if (right && before(right, left)) child++;
      const smallest = heap[child];
      if (!smallest || !before(smallest, last)) break;
      heap[at] = smallest;
      at = child;
    }
    heap[at] = last;
    return top;
  }
}

const before = (a: Item, b: Item): boolean => a.due < b.due || (a.due === b.due && a.rank < b.rank);
