import type { Decided } from '@partitura/model';
import { noneHeld, type Aggregate } from './aggregate.ts';
import { PartitionState } from './partition-state.ts';
import type { Domain } from './ports.ts';
import type { JournalSettings } from './settings.ts';
import { encodeAggregate } from './snapshot.ts';

/** The last state of one history, as a `RevivalAnswer` carries it. */
export interface Refolded {
  readonly startIndex: number;
  readonly version: number;
  readonly stateVersion: number;
  /** To be cut into parts. */
  readonly body: Uint8Array;
}

/**
 * Folds the archived entries of one aggregate, oldest first, from the start of a history on: the way in which an ended
 * workflow comes back. Undefined when there is none. Throws what the domain throws for entries it does not know.
 */
export function refold(
  domain: Domain,
  settings: Pick<JournalSettings, 'repeats'>,
  entries: Iterable<Decided>,
): Refolded | undefined {
  const state = new PartitionState(domain, { ...alone, ...settings });
  let aggregate: Aggregate | undefined;
  for (const entry of entries) {
    // What went on after its end did so on the state that it ended with.
    if (entry.version > 1 && entry.events.length > 0 && aggregate !== undefined) state.adopt(aggregate, entry.index);
    state.apply(entry);
    const live = state.live.get(entry.aggregate);
    aggregate = live !== undefined && live.version > 0 ? live : state.memory.get(entry.aggregate);
  }
  if (aggregate === undefined) return undefined;
  if (aggregate.unfoldable !== undefined) throw new Error(aggregate.unfoldable);
  const { startIndex, version } = aggregate;
  const ended = { ...aggregate, deferred: noneHeld, parked: noneHeld };
  return { startIndex, version, stateVersion: domain.stateVersion, body: encodeAggregate(domain, ended) };
}

/** One aggregate, for ever. */
const alone = { closedWindowMs: Infinity, closedCount: 1, closedMemoryCount: 1, partitions: 0 };
