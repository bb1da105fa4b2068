/** First in, first out per priority; the highest priority (0..99) first. Constant time for any number of entries. */
export class ReadyBuffer<T> {
  readonly #lanes: Lane<T>[] = [];
  #size = 0;
  #highest = 0;

  get size(): number {
    return this.#size;
  }

  push(priority: number, entry: T): void {
    this.#lane(priority).tail.push(entry);
  }

  /** Back to where it was taken from: before all others of its priority. */
  unshift(priority: number, entry: T): void {
    this.#lane(priority).front.push(entry);
  }

  take(): T | undefined {
    if (this.#size === 0) return undefined;
    for (; this.#highest >= 0; this.#highest--) {
      const lane = this.#lanes[this.#highest];
      if (lane === undefined) continue;
      const entry = lane.front.pop() ?? lane.shift();
      if (entry === undefined) continue;
      this.#size--;
      return entry;
    }
    return undefined;
  }

  /** Drops what no longer belongs here. */
  keep(belongs: (entry: T) => boolean): void {
    this.#size = 0;
    for (const lane of this.#lanes) {
      lane.keep(belongs);
      this.#size += lane.size;
    }
    this.#highest = this.#lanes.length - 1;
  }

  #lane(priority: number): Lane<T> {
    const number = Math.min(Math.max(Math.trunc(priority) || 0, 0), 99);
    while (this.#lanes.length <= number) this.#lanes.push(new Lane());
    this.#size++;
    this.#highest = Math.max(this.#highest, number);
    // The loop above made it.
    return this.#lanes[number] as Lane<T>;
  }
}

class Lane<T> {
  front: T[] = [];
  tail: T[] = [];
  #head = 0;

  get size(): number {
    return this.front.length + this.tail.length - this.#head;
  }

  shift(): T | undefined {
    if (this.#head === this.tail.length) return undefined;
    const entry = this.tail[this.#head++];
    if (this.#head > 1_000 && this.#head * 2 > this.tail.length) {
      this.tail = this.tail.slice(this.#head);
      this.#head = 0;
    }
    return entry;
  }

  keep(belongs: (entry: T) => boolean): void {
    this.front = this.front.filter(belongs);
    this.tail = this.tail.slice(this.#head).filter(belongs);
    this.#head = 0;
  }
}
