import {
  isJsonObject,
  Payload,
  type EndedWorkflowStatus,
  type Json,
  type JsonObject,
  type TaskId,
} from '@partitura/model';

/** Which iteration of which loops a task runs in; '' and 0 outside of loops. */
export interface Place {
  /** Appended to reference names: `__2` in the second iteration. */
  readonly suffix: string;
  readonly iteration: number;
}

export const outside: Place = { suffix: '', iteration: 0 };

/** Something that remains to be done in this decision; plain data, since it may have to wait for the next one. */
export type Item =
  /** Make the first attempt of a task. */
  | { readonly do: 'enter'; readonly node: number; readonly place: Place }
  /** Enter the branches of a fork from this one on, and then the task after the fork. */
  | { readonly do: 'branches'; readonly node: number; readonly from: number; readonly place: Place }
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
  /** Go on where a decision was replaced before it had done all its work; what exists already is not made again. */
  | { readonly do: 'mend'; readonly seq: number }
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

  static from(payload: Payload | undefined): Agenda {
    const agenda = new Agenda();
    const items = payload === undefined ? [] : (payload.value as readonly Json[]);
    for (const item of items) if (isJsonObject(item)) agenda.later(item as unknown as Item);
    return agenda;
  }

  /** Done before everything that waits. */
  next(...items: readonly Item[]): void {
    for (let i = items.length - 1; i >= 0; i--) {
      const item = items[i];
      if (item !== undefined) this.#first.push(item);
    }
  }

  /** Done after everything that waits. */
  later(item: Item): void {
    this.#queue.push(item);
  }

  take(): Item | undefined {
    const first = this.#first.pop();
    if (first !== undefined) return first;
    return this.#taken < this.#queue.length ? this.#queue[this.#taken++] : undefined;
  }

  clear(): void {
    this.#first = [];
    this.#taken = this.#queue.length;
  }

  hasItems(): boolean {
    return this.#first.length > 0 || this.#taken < this.#queue.length;
  }

  toPayload(): Payload {
    const items = [...this.#first.toReversed(), ...this.#queue.slice(this.#taken)];
    return Payload.of(items as unknown as readonly JsonObject[]);
  }
}
