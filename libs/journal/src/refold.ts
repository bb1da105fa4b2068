import type { Decided, Payload } from '@partitura/model';
import { noneHeld, type Aggregate } from './aggregate.ts';
import { PartitionState } from './partition-state.ts';
import type { Domain } from './ports.ts';
import type { JournalSettings } from './settings.ts';
import { encodeAggregate, type Pin } from './snapshot.ts';

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
 * workflow comes back. `definition` gives the archived body of a definition that the history is pinned to: only the first
 * start of each since a checkpoint carries it. Undefined when there is no history. Throws what the domain throws for
 * entries it does not know.
 */
export function refold(
  domain: Domain,
  settings: Pick<JournalSettings, 'repeats'>,
  entries: Iterable<Decided>,
  definition: (hash: string) => Payload | undefined,
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
  const pins = domain.pins(ended.state).flatMap((hash): Pin[] => {
    const body = definition(hash) ?? state.pins.body(hash);
    return body === undefined ? [] : [[hash, body]];
  });
  return { startIndex, version, stateVersion: domain.stateVersion, body: encodeAggregate(domain, ended, { pins }) };
}

/** One aggregate, for ever. */
const alone = { closedWindowMs: Infinity, closedCount: 1, closedMemoryCount: 1, residentAggregates: 1, partitions: 0 };
