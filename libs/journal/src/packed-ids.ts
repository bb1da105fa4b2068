import type { AggregateId } from '@partitura/model';
import type { Slabs } from './slabs.ts';

/**
 * Which slot an id has, without keeping the ids: a table of slots by the hash of the id, of which the packed record says
 * whether it is the one (linear probing; whoever leaves closes the gap).
 */
export class PackedIds {
  readonly #slabs: Slabs;
  /** Slot + 1; 0: empty. */
  #slots = new Int32Array(1_024);
  /** Hash of the id in that slot, beside it, so that few records are looked at. */
  #hashes = new Int32Array(1_024);
  #size = 0;

  constructor(slabs: Slabs) {
    this.#slabs = slabs;
  }

  /** -1: none. */
  find(id: AggregateId): number {
    const hash = hashOf(id);
    const mask = this.#slots.length - 1;
    for (let i = hash & mask; ; i = (i + 1) & mask) {
      const slot = (this.#slots[i] ?? 0) - 1;
      if (slot < 0) return -1;
      if (this.#hashes[i] === hash && this.#slabs.isOf(slot, id)) return slot;
    }
  }

  add(id: AggregateId, slot: number): void {
    if ((this.#size + 1) * 4 > this.#slots.length * 3) this.#grow();
    this.#put(hashOf(id), slot);
    this.#size += 1;
  }

  delete(id: AggregateId, slot: number): void {
    const mask = this.#slots.length - 1;
    let gap = hashOf(id) & mask;
    while (this.#slots[gap] !== slot + 1) {
      if (this.#slots[gap] === 0) return;
      gap = (gap + 1) & mask;
    }
    this.#size -= 1;
    for (let i = (gap + 1) & mask; this.#slots[i] !== 0; i = (i + 1) & mask) {
      const home = (this.#hashes[i] ?? 0) & mask;
      // It may move into the gap unless its home lies between the gap and where it is.
      if (((i - home) & mask) < ((i - gap) & mask)) continue;
      this.#slots[gap] = this.#slots[i] ?? 0;
      this.#hashes[gap] = this.#hashes[i] ?? 0;
      gap = i;
    }
    this.#slots[gap] = 0;
  }

  #put(hash: number, slot: number): void {
    const mask = this.#slots.length - 1;
    let i = hash & mask;
    while (this.#slots[i] !== 0) i = (i + 1) & mask;
    this.#slots[i] = slot + 1;
    this.#hashes[i] = hash;
  }

  #grow(): void {
    const [slots, hashes] = [this.#slots, this.#hashes];
    this.#slots = new Int32Array(slots.length * 2);
    this.#hashes = new Int32Array(slots.length * 2);
    for (const [i, slot] of slots.entries()) if (slot > 0) this.#put(hashes[i] ?? 0, slot - 1);
  }
}

/** FNV-1a with its bits mixed, 32 bits. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return hash ^ (hash >>> 15);
}
