import type { Mark, ReplyAddress } from './commands.ts';
import type { DomainEvent } from './events.ts';
import type { Outcome } from './effects.ts';
import type { AggregateId } from './ids.ts';

/** A new owner announces itself; its offset becomes the epoch of everything it writes. */
export interface Claim {
  readonly kind: 'claim';
  readonly token: string;
  readonly owner: string;
  /** Number of partitions of the installation: the partition function uses this one for ever. */
  readonly partitions: number;
  /** Readers that know less must not go on. */
  readonly featureLevel: number;
}

interface Admitted {
  /** Offset of the claim under which the entry was written. */
  readonly epoch: number;
  /** Contiguous over the partition's admitted history. */
  readonly index: number;
  /** All effects of entries up to this index are settled. */
  readonly effectsDone: number;
  /** Epoch ms by the owner's clock; never decreases within a partition. */
  readonly at: number;
}

/** Why an entry was written. */
export type Cause =
  | {
      readonly kind: 'command';
      readonly commandId: string;
      /** Offset of the command in `commands[p]`. */
      readonly offset: number;
      readonly mark?: Mark;
      readonly principal?: string;
    }
  | { readonly kind: 'timer' }
  /** The next part of a bounded decision, or a command decided that was deferred or parked. */
  | { readonly kind: 'continuation'; readonly commandId?: string; readonly principal?: string }
  /** The partition's own word: progress of `effectsDone`, a task that could not be delivered, a quarantine. */
  | { readonly kind: 'owner' };

/** One decision: all its events, or none. */
export interface Decided extends Admitted {
  readonly kind: 'decision';
  readonly aggregate: AggregateId;
  /** Counts the aggregate's entries that have events; unchanged by entries without. */
  readonly version: number;
  readonly cause: Cause;
  readonly outcome: Outcome;
  readonly events: readonly DomainEvent[];
  /** Hash of the outside command id, where the aggregate remembers it. */
  readonly commandHash?: string;
  /** The command as it was read: of deferred, parked, forwarded and dead-lettered ones. */
  readonly carried?: { readonly bytes: Uint8Array; readonly replyTo?: ReplyAddress };
}

/** Compact state, written again so that the journal before it need not be read. */
export interface Snapshot extends Admitted {
  readonly kind: 'snapshot';
  readonly subject: 'aggregate' | 'closed' | 'pins';
  /** For aggregates: which one. */
  readonly aggregate: AggregateId;
  readonly version: number;
  readonly part: number;
  readonly parts: number;
  readonly why: 'checkpoint' | 'revival';
  readonly stateVersion: number;
  readonly body: Uint8Array;
}

/** The state of the admission rule. */
export interface AdmissionState {
  readonly epoch: number;
  readonly token: string;
  readonly next: number;
}

export interface Checkpoint extends Admitted {
  readonly kind: 'checkpoint';
  /** X: folding begins at this journal offset, with `admission` as it stood there. */
  readonly offset: number;
  readonly admission: AdmissionState;
  /** Append time of the record before X, to notice a log that was cut and has grown again; 0 if X is 0. */
  readonly lastAppendTime: number;
  /** Highest `at` before X. */
  readonly lastAt: number;
  readonly inputPosition: number;
  readonly marks: readonly Mark[];
  /** From this index on the closed set holds every closing. */
  readonly floor: number;
  /** `effectsDone` at X. */
  readonly settledAtX: number;
  /** Journal offsets of the snapshot entries that carry the closed set and the pinned definitions at X. */
  readonly parts: readonly number[];
}

export type JournalEntry = Decided | Snapshot | Checkpoint;
export type JournalRecord = Claim | JournalEntry;
