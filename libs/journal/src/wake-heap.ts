/**
 * Slots of aggregates by the time at which to look at them again: a binary heap. A slot has one place that counts, the
 * one at its earliest time; places that no longer count are dropped when they come up. Numbers alone, since there may be
 * a million.
 */
export class WakeHeap {
  #times = new Float64Array(64);
  #slots = new Int32Array(64);
  #size = 0;
  /** By slot: the time at which it is in the heap; Infinity: it is not. */
  #wakeAt = new Float64Array(0);

  /** Earliest time in the heap; Infinity when empty. */
  get next(): number {
    return this.#size === 0 ? Infinity : (this.#times[0] as number);
  }
  get size(): number {
    return this.#size;
  }

  /** Whether it is going to be looked at by then. */
  holds(slot: number, time: number): boolean {
    return (this.#wakeAt[slot] ?? Infinity) <= time;
  }

  /** Looks at the slot at `time`, unless it will be looked at before anyway. */
  add(slot: number, time: number): void {
    if (time === Infinity || this.holds(slot, time)) return;
    if (slot >= this.#wakeAt.length) this.#growSlots(slot);
    this.#wakeAt[slot] = time;
    if (this.#size === this.#times.length) this.#grow();
    this.#up(this.#size++, time, slot);
  }

  /** Takes the slot with the earliest time, if that is not after `now`; -1: there is none. */
  take(now: number): number {
    while (this.#size > 0 && this.next <= now) {
      const time = this.next;
      const slot = this.#pop();
      if (this.#wakeAt[slot] !== time) continue;
      this.#wakeAt[slot] = Infinity;
      return slot;
    }
    return -1;
  }

  #pop(): number {
    const first = this.#slots[0] as number;
    const last = --this.#size;
    if (last > 0) this.#down(this.#times[last] as number, this.#slots[last] as number);
    return first;
  }

  #up(from: number, time: number, slot: number): void {
    const times = this.#times;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((times[parent] as number) <= time) break;
      this.#move(parent, at);
      at = parent;
    }
    times[at] = time;
    this.#slots[at] = slot;
  }

  #down(time: number, slot: number): void {
    const times = this.#times;
    const size = this.#size;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && (times[child + 1] as number) < (times[child] as number)) child += 1;
      if ((times[child] as number) >= time) break;
      this.#move(child, at);
      at = child;
    }
    times[at] = time;
    this.#slots[at] = slot;
  }

  #move(from: number, to: number): void {
    this.#times[to] = this.#times[from] as number;
    this.#slots[to] = this.#slots[from] as number;
  }

  #grow(): void {
    const length = Math.ceil(this.#times.length * 1.5);
    const [times, slots] = [new Float64Array(length), new Int32Array(length)];
    times.set(this.#times);
    slots.set(this.#slots);
    this.#times = times;
    this.#slots = slots;
  }

  #growSlots(slot: number): void {
    const larger = new Float64Array(Math.max(64, slot + 1, Math.ceil(this.#wakeAt.length * 1.5))).fill(Infinity);
    larger.set(this.#wakeAt);
    this.#wakeAt = larger;
  }
}
