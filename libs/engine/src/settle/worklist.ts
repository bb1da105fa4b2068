import type { Json } from '@partitura/model';

/** What is to be done to a task that exists. */
const deeds = ['follow', 'mend', 'again', 'reopen', 'rerun', 'goOn'] as const;
export type Deed = (typeof deeds)[number];

/** What to do, and to which task. */
export interface Todo {
  readonly do: Deed;
  readonly seq: number;
}

/** Neighbours to which the same is to be done. */
interface Stretch {
  readonly do: Deed;
  from: number;
  length: number;
}

/**
 * Tasks and what to do to each, in order. There may be a hundred thousand, and the list waits in the journal between
 * the parts of a long decision: it is kept, and written, in stretches of neighbours.
 */
export class Worklist {
  readonly #stretches: Stretch[] = [];
  #taken = 0;

  static of(deed: Deed, seqs: Iterable<number>): Worklist {
    const list = new Worklist();
    for (const seq of seqs) list.add(deed, seq);
    return list;
  }

  get isEmpty(): boolean {
    return this.#taken >= this.#stretches.length;
  }

  add(deed: Deed, seq: number): void {
    const last = this.#stretches.at(-1);
    if (last?.do === deed && last.from + last.length === seq) last.length += 1;
    else this.#stretches.push({ do: deed, from: seq, length: 1 });
  }

  take(): Todo | undefined {
    const stretch = this.#stretches[this.#taken];
    if (stretch === undefined) return undefined;
    const todo = { do: stretch.do, seq: stretch.from };
    stretch.from += 1;
    stretch.length -= 1;
    if (stretch.length === 0) this.#taken += 1;
    return todo;
  }

  /** Of each stretch what to do, how far it is from the end of the one before, and its length; numbers one after the other. */
  toJson(): Json {
    const numbers: number[] = [];
    let end = 0;
    for (const { do: deed, from, length } of this.#stretches.slice(this.#taken)) {
      numbers.push(deeds.indexOf(deed), from - end, length);
      end = from + length;
    }
    return numbers;
  }

  static fromJson(json: Json): Worklist {
    const list = new Worklist();
    const numbers = json as readonly number[];
    let end = 0;
    for (let i = 0; i + 2 < numbers.length; i += 3) {
      const [deed = 0, distance = 0, length = 0] = numbers.slice(i, i + 3);
      const from = end + distance;
      list.#stretches.push({ do: deeds[deed] ?? 'follow', from, length });
      end = from + length;
    }
    return list;
  }
}
