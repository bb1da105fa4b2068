import type { Effect } from './effects.ts';
import type { EndedRun } from './ended-run.ts';
import type { AggregateId } from './ids.ts';
import type { Payload } from './payload.ts';
import type { Rejection } from './rejection.ts';
import type { Mark, ReplyAddress } from './commands.ts';

/** Where an event stands. */
export interface EventMeta {
  readonly aggregate: AggregateId;
  /** Index of the entry that started this history. */
  readonly startIndex: number;
  readonly index: number;
  readonly version: number;
  readonly at: number;
}

/** What deciding may look at besides state and command; all of it is data. */
export interface DecideContext extends EventMeta {
  /** Who waits for the command's outcome. */
  readonly replyTo?: ReplyAddress;
  readonly mark?: Mark;
  /** Current definitions, as far as this process has read the broadcast. */
  readonly definitions: DefinitionLookup;
  /** Definitions that runs of this partition are pinned to. */
  readonly pinned: PinnedLookup;
  /** Bounds of one decision. */
  readonly limits: { readonly eventsPerDecision: number; readonly bytesPerDecision: number };
}

export interface DefinitionLookup {
  /** Without version: the highest. */
  workflow(name: string, version?: number): Payload | undefined;
  task(name: string): Payload | undefined;
  /** Highest registered version. */
  latestVersion(name: string): number | undefined;
}

export interface PinnedLookup {
  /** Whether the partition's journal holds the body since X. */
  has(hash: string): boolean;
  body(hash: string): Payload | undefined;
}

/** What reacting may look at besides state and event: bodies that the history itself names by their hash. */
export interface ReactContext extends EventMeta {
  readonly pinned: PinnedLookup;
}

export interface Accepted<S, E> {
  readonly kind: 'accepted';
  readonly events: readonly E[];
  /** Behind the last event, so that the runtime need not fold what deciding has folded already. */
  readonly state: S;
  /** Behind each of the others, where deciding has kept them. */
  readonly states?: readonly S[];
  readonly result?: Payload;
}

/** A command was decided: these events, or this refusal. */
export type Verdict<S, E> = Accepted<S, E> | { readonly kind: 'rejected'; readonly rejection: Rejection };

export type Decision<S, E> =
  | Verdict<S, E>
  /** A repeat of something accepted: answered with the first answer, changes nothing. */
  | { readonly kind: 'repeated'; readonly result?: Payload }
  /**
   * Not decidable before the copy of the definitions is known to be current: decide again then. If the answer is still
   * this one, `otherwise` of that last answer holds (a child that cannot start must tell its parent, so it may be
   * accepted and carry events).
   */
  | { readonly kind: 'awaitDefinitions'; readonly otherwise: Verdict<S, E> };

/** Earliest moments (epoch ms) at which the aggregate wants to be woken. */
export interface Due {
  /** A promise to act: WAIT, retry delay. Fires when the time has come. */
  readonly timer?: number;
  /** A limit on somebody else: fires only when everything sent before it has been read. */
  readonly deadline?: number;
}

/** Time passes: everything due up to these moments may fire. */
export interface Wake {
  readonly type: 'Wake';
  readonly timersThrough: number;
  readonly deadlinesThrough: number;
}
/** Go on with postponed work. */
export interface Continue {
  readonly type: 'Continue';
}
/** A hand-over could not reach its queue and never will. */
export interface Undeliverable {
  readonly type: 'Undeliverable';
  readonly taskId: string;
  readonly dispatch: number;
  readonly reason: string;
}
/** A defect was found while deciding; recorded so that everybody sees it. */
export interface Quarantine {
  readonly type: 'Quarantine';
  readonly reason: string;
}
/** What the partition's owner itself says to an aggregate. Never travels. */
export type OwnerSignal = Wake | Continue | Undeliverable | Quarantine;

/**
 * One kind of aggregate. Pure and synchronous: no clock, no randomness, no IO. States are immutable.
 */
export interface Decider<S, C extends { readonly type: string }, E extends { readonly type: string }> {
  readonly initial: S;
  decide(state: S, command: C | OwnerSignal, context: DecideContext): Decision<S, E>;
  /** Total: no checks, no look-ups beyond (state, event, meta). */
  evolve(state: S, event: E, meta: EventMeta): S;
  /** The effects of one event, given the state right after it, in an order that is as frozen as the event. */
  react(state: S, event: E, context: ReactContext): readonly Effect[];
  nextDue(state: S): Due;
  /** Whether the aggregate may leave memory: ended, nothing postponed. */
  isClosed(state: S): boolean;
  /** Whether `Continue` is due. */
  hasPostponedWork(state: S): boolean;
  /** Whether a command may be decided while work is postponed (terminate, pause, results of existing tasks). */
  mayInterrupt(state: S, command: C): boolean;
  /** Whether the runtime remembers this outside command by its id. */
  remembers(command: C): boolean;
  /** A word kept in the closed set so that simple commands can be answered without the history. */
  closedTag(state: S): string;
  /** A command for a closed aggregate that left memory; `tag` is undefined when the id is in no closed set. */
  decideClosed(tag: string | undefined, command: C, aggregate: AggregateId): ClosedDecision;
  /** A command for an aggregate that neither the journal nor the archive knows, now or ever. Never `awaitDefinitions`. */
  decideUnknown?(command: C, context: DecideContext): Decision<S, E>;
  /**
   * What goes along with a `SendReply` of an entry, given the state behind its last event: the run, if it has ended and
   * is not too large for an answer.
   */
  endedRun?(state: S): EndedRun | undefined;
  /** Hashes of pinned bodies that the state needs. */
  pins(state: S): readonly string[];
  /** Size in bytes of a snapshot, about. */
  readonly stateVersion: number;
  encodeState(state: S): Uint8Array;
  /**
   * For a state that takes long to write: writes it bit by bit, while life goes on. Undefined: it does not take long.
   */
  stateEncoder?(state: S): StateEncoder<S> | undefined;
  decodeState(stateVersion: number, bytes: Uint8Array): S;
}

/** Writes a large state ahead of the moment at which its bytes are wanted. */
export interface StateEncoder<S> {
  /** Writes a little, well below a millisecond, of what this state has and what was written so far has not. False: little is left. */
  step(state: S): boolean;
  /** The bytes of this state, as `encodeState` gives them. Fast when little is left. */
  encode(state: S): Uint8Array;
}

export type ClosedDecision =
  | { readonly kind: 'rejected'; readonly rejection: Rejection }
  | { readonly kind: 'repeated'; readonly result?: Payload }
  /** Needs the history: park it and ask the archive. */
  | { readonly kind: 'revive' };
