import type { Log, StoredRecord } from '@partitura/log';
import { foldFromCheckpoint, foldFromStart, type Fold, type FoldPorts } from '@partitura/journal';
import type { Admitted } from './history.ts';
import type { PartitionCheck } from './partition-check.ts';
import { must, Violation } from './violation.ts';

export interface RestoreOptions {
  readonly partition: number;
  readonly ports: Omit<FoldPorts, 'log'>;
  readonly journal: readonly StoredRecord[];
  readonly history: readonly Admitted[];
  readonly check: PartitionCheck;
  /** A checker that has read nothing yet. */
  readonly freshCheck: () => PartitionCheck;
  /** Which of the ways to restore are also stopped at every offset. */
  readonly stopsAnywhere: (way: number) => boolean;
}

const foreverAlive = { alive: true };

/**
 * Restores the partition from the start and from every checkpoint, by the code that owners use, and compares with what
 * the checker has gathered by itself: every way must lead to the same state, and owe whatever is not known to be settled.
 */
export async function checkRestores(options: RestoreOptions): Promise<number> {
  const { partition, journal, history } = options;
  const ports: FoldPorts = { ...options.ports, log: stillLog(journal) };
  const checkpoints = history.flatMap(({ offset, entry }) => (entry.kind === 'checkpoint' ? [offset] : []));
  const ways: readonly (number | undefined)[] = [undefined, ...checkpoints];
  for (const [i, checkpoint] of ways.entries()) {
    const name = `partition ${partition}, restored from ${checkpoint === undefined ? 'the start' : `the checkpoint at ${checkpoint}`}`;
    const begin = (): Promise<Fold> =>
      checkpoint === undefined
        ? Promise.resolve(foldFromStart(ports, partition))
        : foldFromCheckpoint(ports, partition, checkpoint, 0, foreverAlive);
    await restoring(name, async () => {
      const fold = await begin();
      await fold.through(journal.length, foreverAlive);
      compare(fold, options.check, name);
      if (options.stopsAnywhere(i)) await stopAnywhere(await begin(), checkpoint ?? -1, options, name);
    });
  }
  return checkpoints.length;
}

/** A fold that refuses an intact journal is a finding too. */
async function restoring(name: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (error instanceof Violation || !(error instanceof Error)) throw error;
    throw new Violation(`${name} fails: ${error.name}: ${error.message}`);
  }
}

function compare({ state }: Fold, check: PartitionCheck, name: string): void {
  const same = (what: string, have: unknown, want: unknown): void => {
    const [a, b] = [JSON.stringify(have), JSON.stringify(want)];
    must(a === b, () => `${name}: ${what} is ${a}, should be ${b}`);
  };
  same('the next index', state.next, check.next);
  same('the input position', state.inputPosition, check.inputPosition);
  same('the floor', state.closed.floor, check.closed.floor);
  same('the marks', state.marks.map(({ index, ordinal }) => `${index}.${ordinal}`).join(' '), String(check.marks));
  same(
    'the closed set',
    state.closed.all().map(({ id, startIndex, version }) => `${id}@${startIndex}:${version}`),
    check.closed.entries.map(({ id, startIndex, version }) => `${id}@${startIndex}:${version}`),
  );
  const live = [...state.live.values()].map((one) => ({
    id: one.id,
    history: one.version > 0 ? `${one.startIndex}:${one.version}` : 'none',
    state: one.version > 0 ? one.state : undefined,
    seen: [one.repeats.start?.hash, ...one.repeats.latest.map((repeat) => repeat.hash)],
    held: [
      ...one.deferred.map((held) => `deferred ${held.commandId}`),
      ...one.parked.map((held) => `parked ${held.commandId}`),
    ],
  }));
  same('what is live', sorted(live), sorted(check.liveNow()));
  for (const one of state.live.values()) {
    for (const hash of one.version > 0 ? state.domain.pins(one.state) : []) {
      must(state.pins.body(hash), () => `${name}: ${one.id} is pinned to ${hash}, which is unknown`);
    }
  }
}

/** A restore that stops early holds the state of then, and owes every effect that is not recorded as settled by then. */
async function stopAnywhere(fold: Fold, from: number, options: RestoreOptions, name: string): Promise<void> {
  const { history, check } = options;
  const owed = new Set(check.owed.map(({ entry }) => entry.index));
  const then = options.freshCheck();
  let settled = -1;
  for (const { offset, entry } of history) {
    settled = Math.max(settled, entry.effectsDone);
    then.read({ offset, entry });
    if (offset <= from) continue;
    await fold.through(offset + 1, foreverAlive);
    if (entry.index % 7 === 0) compare(fold, then, `${name} up to offset ${offset}`);
    const known = new Set(fold.unsettled.map((one) => one.entry.index));
    for (let index = settled + 1; index <= entry.index; index++) {
      must(
        !owed.has(index) || known.has(index),
        () => `${name} up to offset ${offset}: the effects of entry ${index} are forgotten`,
      );
    }
  }
}

const sorted = <T extends { readonly id: string }>(list: readonly T[]): readonly T[] =>
  [...list].sort((a, b) => (a.id < b.id ? -1 : 1));

/** The journal as it lies there, without time or faults. */
function stillLog(journal: readonly StoredRecord[]): Log {
  const still: Pick<Log, 'fetch' | 'offsets'> = {
    fetch: (topic, partition, from) => {
      const records = journal.slice(from, from + 64);
      const highWatermark = journal.length;
      return Promise.resolve({
        topic,
        partition,
        records,
        nextOffset: from + records.length,
        highWatermark,
        lastStable: highWatermark,
        logStart: 0,
      });
    },
    offsets: () => Promise.resolve({ start: 0, end: journal.length }),
  };
  return still as Log;
}
