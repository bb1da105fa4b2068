import type { Cause, CommandEnvelope, DecideContext, Decision, DomainEvent } from '@partitura/model';
import type { Aggregate, Held } from './aggregate.ts';
import type { Entries } from './entries.ts';
import type { PartitionState } from './partition-state.ts';
import type { JournalPorts, State } from './ports.ts';

/** A command on its way to its one entry. */
export interface Incoming {
  readonly envelope: CommandEnvelope;
  /** As it was read. */
  readonly bytes: Uint8Array;
  readonly cause: Cause;
  /** Where it waited, if it was set aside before; otherwise it was read from the topic just now. */
  readonly held?: Held;
  /** May wait for newer definitions. */
  readonly patient: boolean;
}

export type DomainDecision = Decision<State, DomainEvent>;

/** Makes what a decision may look at besides state and command. */
export class Contexts {
  readonly #ports: JournalPorts;
  readonly #state: PartitionState;
  readonly #entries: Entries;
  readonly #limits: DecideContext['limits'];

  constructor(ports: JournalPorts, state: PartitionState, entries: Entries) {
    this.#ports = ports;
    this.#state = state;
    this.#entries = entries;
    const { eventsPerDecision, bytesPerDecision } = ports.settings;
    this.#limits = { eventsPerDecision, bytesPerDecision };
  }

  /** For an aggregate with a history. */
  of({ id, startIndex, version }: Aggregate, envelope?: CommandEnvelope): DecideContext {
    return this.#context(id, startIndex, version + 1, envelope);
  }

  /** For an id without: a history that begins now begins with the entry that is being decided. */
  ofNew(envelope: CommandEnvelope): DecideContext {
    return this.#context(envelope.aggregate, this.#state.next, 1, envelope);
  }

  #context(aggregate: Aggregate['id'], startIndex: number, version: number, envelope?: CommandEnvelope): DecideContext {
    const context: { -readonly [K in keyof DecideContext]: DecideContext[K] } = {
      aggregate,
      startIndex,
      index: this.#state.next,
      version,
      at: this.#entries.at,
      definitions: this.#ports.definitions,
      pinned: this.#state.pins,
      limits: this.#limits,
    };
    const replyTo = envelope?.replyTo;
    const mark = envelope?.mark;
    if (replyTo !== undefined) context.replyTo = replyTo;
    if (mark !== undefined) context.mark = mark;
    return context;
  }
}
