import {
  isJsonObject,
  Payload,
  type EndedWorkflowStatus,
  type Json,
  type JsonObject,
  type TaskId,
} from '@partitura/model';
import type { Node } from '../graph/graph.ts';
import { Worklist } from './worklist.ts';

/** Which iteration of which loops a task runs in; '' and 0 outside of loops. */
export interface Place {
  /** Appended to reference names: `__2` in the second iteration. */
  readonly suffix: string;
  readonly iteration: number;
}

export const outside: Place = { suffix: '', iteration: 0 };

/** A task of the definition, in an iteration. */
export interface Spot {
  readonly node: number;
  readonly place: Place;
  /** Where the number is negative: JSON of what a dynamic fork generated. */
  readonly embedded?: Payload;
}

export function spotOf(node: Node, place: Place): Spot {
  const { number, embedded } = node;
  return number >= 0 || embedded === undefined ? { node: number, place } : { node: number, place, embedded };
}

/** Something that remains to be done in this decision; plain data, since it may have to wait for the next one. */
export type Item =
  /** Make the first attempt of a task. */
  | ({ readonly do: 'enter' } & Spot)
  /** Enter the branches of a fork from this one on, and then the task after the fork. */
  | ({ readonly do: 'branches'; readonly from: number } & Spot)
  /** Enter the tasks that an attempt generates from this one on, and then the task after it. */
  | { readonly do: 'generate'; readonly seq: number; readonly from: number }
  /** Everything of an iteration may be done: the loop decides. */
  | ({ readonly do: 'iterated' } & Spot)
  /** Let an attempt run that was entered as `running`, or whose joined tasks are decided. */
  | { readonly do: 'wake'; readonly seq: number; readonly signal: 'run' | 'joined' }
  /** A task has ended: retry it, end the workflow because of it, or go on to what follows. */
  | { readonly do: 'follow'; readonly seq: number }
  /** A TERMINATE task was reached. */
  | {
      readonly do: 'end';
      readonly taskId: TaskId;
      readonly status: EndedWorkflowStatus;
      readonly reason: string;
      readonly output: Json;
    }
  /** Make another attempt at once, because somebody asked for it. */
  | { readonly do: 'again'; readonly seq: number }
  /** Open an ended attempt again under its old id. */
  | { readonly do: 'reopen'; readonly seq: number }
  /** Run an ended attempt again under its old id. */
  | { readonly do: 'rerun'; readonly seq: number }
  /** Go on where a decision was replaced before it had done all its work; what exists already is not made again. */
  | { readonly do: 'mend'; readonly seq: number }
  /** Open an attempt again that was cancelled, and hand it out again; a child is told to go on. */
  | { readonly do: 'goOn'; readonly seq: number }
  /** One after the other; what follows from one comes before the next. */
  | { readonly do: 'each'; readonly list: Worklist }
  /** The workflow goes on with a task of the top level: pass over what is open, from this seq on, then what was not reached. */
  | { readonly do: 'jump'; readonly from: number; readonly to: number; readonly input?: Payload }
  /** Hand out what waits for its time, from this seq on. */
  | { readonly do: 'recall'; readonly from: number }
  /** The workflow has ended: cancel what is still open, from this seq on. */
  | { readonly do: 'cancel'; readonly from: number };

/**
 * The order of work within a decision. What enters because of an item comes right after it (so a fork is unfolded
 * depth first: fork, heads of its branches, join); what runs or has ended waits until everything has been entered, so
 * that tasks are numbered and inputs are rendered round by round, as Conductor does.
 */
export class Agenda {
  readonly #queue: Item[] = [];
  #taken = 0;
  /** Reversed: the next item is last. */
  #first: Item[] = [];
  /** Items that are not about an iteration's end. */
  #busy = 0;
  /** JOINs that are to be woken: once is enough, however many branches have found them complete. */
  readonly #joined = new Set<number>();

  static from(payload: Payload): Agenda {
    const agenda = new Agenda();
    for (const item of payload.value as readonly Json[]) if (isJsonObject(item)) agenda.later(readItem(item));
    return agenda;
  }

  /** Done before everything that waits. */
  next(item: Item): void {
    this.#first.push(item);
    this.#count(item, 1);
  }

  /** Done after everything that waits. */
  later(item: Item): void {
    if (item.do === 'wake' && item.signal === 'joined') {
      if (this.#joined.has(item.seq)) return;
      this.#joined.add(item.seq);
    }
    this.#queue.push(item);
    this.#count(item, 1);
  }

  take(): Item | undefined {
    const item = this.#first.pop() ?? (this.#taken < this.#queue.length ? this.#queue[this.#taken++] : undefined);
    if (item === undefined) return undefined;
    this.#count(item, -1);
    if (item.do === 'wake' && item.signal === 'joined') this.#joined.delete(item.seq);
    return item;
  }

  clear(): void {
    this.#first = [];
    this.#taken = this.#queue.length;
    this.#busy = 0;
    this.#joined.clear();
  }

  hasItems(): boolean {
    return this.#first.length > 0 || this.#taken < this.#queue.length;
  }

  /** Whether something is still to be done that could belong to an iteration. */
  get isBusy(): boolean {
    return this.#busy > 0;
  }

  toPayload(): Payload {
    const items = [...this.#first.toReversed(), ...this.#queue.slice(this.#taken)];
    return Payload.of(items.map(writeItem));
  }

  #count(item: Item, by: number): void {
    if (item.do !== 'iterated') this.#busy += by;
  }
}

function writeItem(item: Item): JsonObject {
  if (item.do === 'each') return { do: item.do, list: item.list.toJson() };
  const object = item as unknown as JsonObject;
  if ('embedded' in item) return { ...object, embedded: item.embedded.value };
  return 'input' in item ? { ...object, input: item.input.value } : object;
}

function readItem(object: JsonObject): Item {
  const { embedded, input, list } = object;
  const read: unknown = {
    ...object,
    ...(embedded !== undefined && { embedded: Payload.of(embedded) }),
    ...(input !== undefined && { input: Payload.of(input) }),
    ...(list !== undefined && { list: Worklist.fromJson(list) }),
  };
  return read as Item;
}
