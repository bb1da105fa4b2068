import type { AggregateId, ReplyAddress } from '@partitura/model';
import { noRepeats, type Repeats } from './repeats.ts';
import type { State } from './ports.ts';

/** A command that was consumed but not decided yet: its bytes, so that any owner can decide it. */
export interface Held {
  readonly commandId: string;
  /** Offset in `commands[p]` at which it was read. */
  readonly offset: number;
  /** Epoch ms at which it was set aside. */
  readonly at: number;
  /** From another partition: never refused for lack of room or time. */
  readonly internal: boolean;
  readonly bytes: Uint8Array;
  readonly replyTo?: ReplyAddress;
}

/**
 * One aggregate of the partition. With version 0 nothing has happened to it yet: it only keeps commands for an id that
 * waits for a definition or for the archive.
 */
export interface Aggregate {
  readonly id: AggregateId;
  state: State;
  /** Index of the entry that started this history; -1 at version 0. */
  startIndex: number;
  /** Counts its entries that have events. */
  version: number;
  repeats: Repeats;
  /** Index of its last base: its start or its last snapshot. The journal before need not be read for it. */
  baseIndex: number;
  /** Commands to be decided after postponed work, or once definitions are known; in order. */
  deferred: Held[];
  /** Commands to be decided once the archive has given the history back; in order. */
  parked: Held[];
  /** Names the question to the archive: index of the entry since which it is asked; -1: not asked. */
  request: number;
  /** Its number among those that are live; -1: it never was. */
  slot: number;
  /** Somebody has asked for it lately. */
  used: boolean;
  /** Why its history could not be folded by this build; it is left alone until another build can. */
  unfoldable: string | undefined;
  /** Why this owner cannot decide anything for it: it throws, and even when told so. Not part of the history. */
  broken: string | undefined;
}

export function newAggregate(id: AggregateId, initial: State): Aggregate {
  return {
    id,
    state: initial,
    startIndex: -1,
    version: 0,
    repeats: noRepeats,
    baseIndex: -1,
    deferred: noneHeld,
    parked: noneHeld,
    request: -1,
    slot: -1,
    used: false,
    unfoldable: undefined,
    broken: undefined,
  };
}

/** Shared by all that hold nothing; never changed, lists are replaced. */
export const noneHeld: Held[] = [];

export const holdsCommands = (aggregate: Aggregate): boolean =>
  aggregate.deferred.length > 0 || aggregate.parked.length > 0;

export function heldBytes(held: readonly Held[]): number {
  let sum = 0;
  for (const one of held) sum += one.bytes.length;
  return sum;
}
