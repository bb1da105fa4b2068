import type { AbortedTransaction } from './fetch.ts';

/**
 * Leaves the records of aborted transactions out of one answer to a fetch. The broker sends the list in the order of
 * the abort markers; what counts is the order of first offsets, and that several may be open at a time.
 */
export class AbortedFilter {
  readonly #waiting: AbortedTransaction[];
  readonly #open = new Set<number>();

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#waiting = [...aborted].sort((a, b) => b.firstOffset - a.firstOffset);
  }

  /** Whether the records of the next transactional batch count. To be asked for every such batch, in order. */
  admits(producerId: number, lastOffset: number, marker: 'commit' | 'abort' | undefined): boolean {
    for (
      let next = this.#waiting.at(-1);
      next !== undefined && next.firstOffset <= lastOffset;
      next = this.#waiting.at(-1)
    ) {
      this.#open.add(next.producerId);
      this.#waiting.pop();
    }
    if (marker === undefined) return !this.#open.has(producerId);
    if (marker === 'abort') this.#open.delete(producerId);
    return false;
  }
}
