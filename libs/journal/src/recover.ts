import type { StoredRecord } from '@partitura/log';
import type { Decided } from '@partitura/model';
import type { Effects } from './effects.ts';
import { reasonOf, Stopped } from './failures.ts';
import { reactTo, type Addressing, type OwnEffect } from './owed.ts';
import { patiently, type Life } from './patience.ts';
import type { JournalPorts } from './ports.ts';
import type { Fold, Unsettled } from './restore.ts';

/** Derives again what the entries above `effectsDone` owe, and hands it to the effects. Targets drop what they had. */
export async function recoverEffects(
  ports: JournalPorts,
  partition: number,
  fold: Fold,
  addressing: Addressing,
  effects: Effects,
  life: Life,
): Promise<void> {
  for (const one of fold.unsettled) {
    const { entry } = one;
    if (entry.index <= fold.state.effectsDone) continue;
    if (!one.foldable) {
      effects.addUnknowable(entry);
      continue;
    }
    try {
      const own = await ownEffect(ports, partition, entry, life);
      effects.add(entry, owedBy(ports, fold, one, addressing, own));
    } catch (error) {
      if (error instanceof Stopped) throw error;
      const message = `the effects of entry ${entry.index} (${entry.aggregate}) cannot be derived by this build: ${reasonOf(error)}`;
      ports.observer.alarm({ partition, code: 'UNFOLDABLE', message, cause: error });
      effects.addUnknowable(entry);
    }
  }
  fold.unsettled = [];
}

function owedBy(ports: JournalPorts, fold: Fold, one: Unsettled, addressing: Addressing, own: OwnEffect | undefined) {
  const { entry, startIndex, before } = one;
  return addressing.owed(entry, reactTo(ports.domain, fold.state.pins, entry, startIndex, before), own);
}

async function ownEffect(
  ports: JournalPorts,
  partition: number,
  entry: Decided,
  life: Life,
): Promise<OwnEffect | undefined> {
  const { cause, outcome, carried } = entry;
  if (cause.kind !== 'command') return undefined;
  if (outcome.kind === 'forwarded') {
    const bytes = carried?.bytes ?? new Uint8Array(0);
    return { kind: 'Forward', envelope: ports.codec.rereadCommand(bytes, partition, cause.offset) };
  }
  if (outcome.kind !== 'deadLettered') return undefined;
  const original = await readOriginal(ports, partition, cause.offset, life);
  const value = original?.value ?? carried?.bytes;
  const letter = {
    topic: ports.topics.commands,
    partition,
    offset: cause.offset,
    reason: outcome.reason,
    at: entry.at,
    timestamp: original?.timestamp ?? 0,
    ...(value && { value }),
    ...(original?.key && { key: original.key }),
    headers: original?.headers ?? {},
  };
  return { kind: 'WriteDeadLetter', letter };
}

/** The record as it was read. It is still there: commands are trimmed only once everything they caused is settled. */
async function readOriginal(
  ports: JournalPorts,
  partition: number,
  offset: number,
  life: Life,
): Promise<StoredRecord | undefined> {
  const { log, clock, topics, settings } = ports;
  try {
    const batch = await patiently(clock, life, settings, () =>
      log.fetch(topics.commands, partition, offset, { maxBytes: 1, isolation: 'committed' }),
    );
    return batch.records.find((record) => record.offset === offset);
  } catch (error) {
    if (!life.alive) throw error;
    return undefined;
  }
}
