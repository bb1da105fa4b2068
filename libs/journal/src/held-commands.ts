import type { Decided } from '@partitura/model';
import { noneHeld, type Aggregate, type Held } from './aggregate.ts';

/** The lines in which commands of one aggregate wait, as entries change them. */

/** The command of this entry waits from now on; `taken` is it as it waited in the other line. */
export function hold(aggregate: Aggregate, entry: Decided, taken: Held | undefined): void {
  const { cause, carried } = entry;
  const held: Held = taken ?? {
    commandId: cause.kind === 'command' ? cause.commandId : '',
    offset: cause.kind === 'command' ? cause.offset : -1,
    at: entry.at,
    internal: cause.kind === 'command' && cause.mark !== undefined,
    bytes: carried?.bytes ?? new Uint8Array(0),
    ...(carried?.replyTo && { replyTo: carried.replyTo }),
  };
  if (entry.outcome.kind === 'deferred') {
    aggregate.deferred = [...aggregate.deferred, held];
  } else {
    if (aggregate.parked.length === 0) aggregate.request = entry.index;
    aggregate.parked = [...aggregate.parked, held];
  }
}

/**
 * A command that was set aside is decided now: it leaves the line that it waits in. A repeat may wait in both, so every
 * fold must take it from the one where the owner found it: what waits for the archive came first and goes first once the
 * aggregate lives; before, only its own line is decided, and what waits for definitions may be parked by that.
 */
export function takeHeld(aggregate: Aggregate, entry: Decided, commandId: string): Held | undefined {
  const { parked, deferred, version } = aggregate;
  const isNext = (version > 0 && parked.length === 0) || (version === 0 && deferred[0]?.commandId === commandId);
  const fromDeferred = isNext || entry.outcome.kind === 'parked';
  const held = (fromDeferred ? deferred : parked).find((one) => one.commandId === commandId);
  if (held === undefined) return undefined;
  if (fromDeferred) {
    aggregate.deferred = without(deferred, held);
  } else {
    aggregate.parked = without(parked, held);
    if (aggregate.parked.length === 0) aggregate.request = -1;
  }
  return held;
}

function without(held: Held[], one: Held): Held[] {
  return held.length === 1 ? noneHeld : held.toSpliced(held.indexOf(one), 1);
}
