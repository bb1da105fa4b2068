/**
 * Which records of a partition are done: everything below `committed`, and ranges above it, since workers finish
 * out of order. Ranges travel in the metadata of the commit, so that a restart repeats as little as possible.
 */
export class DoneRanges {
  #committed: number;
  /** Disjoint, ascending, none touching `committed`: start, end, start, end … (end exclusive). */
  #edges: number[];

  constructor(committed: number, metadata = '') {
    this.#committed = committed;
    this.#edges = decode(committed, metadata);
    this.#advance();
  }

  /** Lowest offset that is not done. */
  get committed(): number {
    return this.#committed;
  }

  /** Number of done records above `committed`. */
  get above(): number {
    let sum = 0;
    for (let i = 0; i < this.#edges.length; i += 2) sum += (this.#edges[i + 1] ?? 0) - (this.#edges[i] ?? 0);
    return sum;
  }

  has(offset: number): boolean {
    return offset < this.#committed || this.#firstEdgeAbove(offset) % 2 === 1;
  }

  /** Marks [from, to) as done. */
  add(from: number, to = from + 1): void {
    const start = Math.max(from, this.#committed);
    if (start >= to) return;
    // Replace every range that touches [start, to] by one.
    let low = this.#firstEdgeAbove(start - 1);
    if (low % 2 === 1) low -= 1;
    let high = this.#firstEdgeAbove(to);
    if (high % 2 === 1) high += 1;
    const touched = this.#edges.slice(low, high);
    this.#edges.splice(low, high - low, Math.min(start, touched[0] ?? start), Math.max(to, touched.at(-1) ?? to));
    this.#advance();
  }

  /** The ranges above `committed`, lowest first, as many as fit: `gap+length` in base 36, joined by commas. */
  metadata(bytesMax: number): string {
    let text = '';
    let last = this.#committed;
    for (let i = 0; i < this.#edges.length; i += 2) {
      const [start = 0, end = 0] = [this.#edges[i], this.#edges[i + 1]];
      const part = `${text === '' ? '' : ','}${(start - last).toString(36)}+${(end - start).toString(36)}`;
      if (text.length + part.length > bytesMax) break;
      text += part;
      last = end;
    }
    return text;
  }

  #advance(): void {
    if (this.#edges[0] !== undefined && this.#edges[0] <= this.#committed) {
      this.#committed = Math.max(this.#committed, this.#edges[1] ?? 0);
      this.#edges.splice(0, 2);
    }
  }

  /** Index of the first edge greater than the offset; odd: the offset lies inside a range. */
  #firstEdgeAbove(offset: number): number {
    let low = 0;
    let high = this.#edges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#edges[middle] ?? 0) > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** Metadata that is not ours (another tool's commit) counts as none. */
function decode(committed: number, metadata: string): number[] {
  if (!/^(?:[0-9a-z]+\+[0-9a-z]+(?:,|$))*$/.test(metadata)) return [];
  const edges: number[] = [];
  let last = committed;
  for (const part of metadata.split(',').filter((text) => text !== '')) {
    const [gap, length] = part.split('+').map((text) => Number.parseInt(text, 36));
    if (gap === undefined || length === undefined || !(gap > 0) || !(length > 0)) return [];
    edges.push(last + gap, last + gap + length);
    last += gap + length;
  }
  return edges;
}
