import { sleep, type StoredRecord } from '@partitura/log';
import type { Checkpoint, Claim, Decided, Snapshot } from '@partitura/model';
import { Halt, isFault, reasonOf } from './failures.ts';
import { JournalReader, journalStart, type JournalPosition } from './journal-reader.ts';
import { PartitionState, type FoldSettings } from './partition-state.ts';
import { patiently, Slices, type Life, type Pauses } from './patience.ts';
import type { JournalPorts, State } from './ports.ts';
import { faithful, type Rules } from './rules.ts';

/** What folding needs of its host; tools and tests that only read have no more than this. */
export type FoldPorts = Pick<JournalPorts, 'log' | 'clock' | 'domain' | 'codec' | 'rules'> & {
  readonly topics: Pick<JournalPorts['topics'], 'journal' | 'restoreGroup'>;
  readonly settings: FoldSettings & Pauses & Pick<JournalPorts['settings'], 'featureLevel' | 'sliceMs'>;
};

/** An admitted entry whose effects may still be owed, with what is needed to derive them. */
export interface Unsettled {
  readonly entry: Decided;
  /** The aggregate's state before the entry; undefined when the effects follow from the entry alone. */
  readonly before: State;
  readonly startIndex: number;
  /** The history before it could be folded. */
  readonly foldable: boolean;
  /** Its offset in the journal. */
  readonly offset: number;
}

/** A journal partition being folded: the only way to a state, for owners, tools and tests alike. */
export class Fold {
  readonly reader: JournalReader;
  readonly state: PartitionState;
  /** Entries above `effectsDone`, oldest first. */
  unsettled: Unsettled[] = [];
  /** X of the checkpoint that this fold began at; 0 without one. */
  readonly from: number;
  /** Bytes and records folded. */
  bytes = 0;
  records = 0;
  readonly #ports: FoldPorts;
  readonly #partition: number;
  /** Known from the checkpoint entry before the fold reaches it. */
  readonly #settled: number;

  constructor(ports: FoldPorts, partition: number, reader: JournalReader, state: PartitionState, settled: number) {
    this.#ports = ports;
    this.#partition = partition;
    this.reader = reader;
    this.state = state;
    this.from = reader.offset;
    this.#settled = settled;
  }

  /** Folds up to (not including) offset `end`. Throws `Halt` on a log that is not intact. */
  async through(end: number, life: Life): Promise<void> {
    const { log, clock, topics, settings } = this.#ports;
    const slices = new Slices(clock, settings.sliceMs);
    const fetch = (from: number) =>
      patiently(clock, life, settings, () =>
        log.fetch(topics.journal, this.#partition, from, { maxBytes: fetchBytes }),
      );
    while (this.reader.offset < end) {
      const batch = await fetch(this.reader.offset).catch(truncatedIfOutOfRange);
      if (batch.records.length === 0) await sleep(clock, settings.retryMs);
      slices.begin();
      for (const record of batch.records) {
        if (record.offset < this.reader.offset || record.offset >= end) continue;
        this.#record(record);
        this.state.live.pack(packedPerRecord);
        if (slices.spent) await slices.pause();
      }
      this.#dropSettled();
    }
  }

  #record(stored: StoredRecord): void {
    const record = this.#decode(stored);
    this.records += 1;
    this.bytes += stored.value?.length ?? 0;
    const verdict = this.reader.read(record, stored.offset, stored.timestamp);
    if (verdict === 'halt') {
      throw new Halt('JOURNAL_TRUNCATED', `journal offset ${stored.offset} holds an entry from the future`);
    }
    if (record.kind === 'claim') {
      if (verdict === 'claim') mustUnderstand(record, this.#ports.settings);
      return;
    }
    if (verdict !== 'admit') return;
    if (record.kind !== 'decision') {
      this.state.apply(record);
      return;
    }
    const known = this.state.live.get(record.aggregate);
    const before = record.version === 1 ? this.state.domain.initial : known?.state;
    const aggregate = this.state.apply(record);
    if (record.index <= this.#settled || record.index <= this.state.effectsDone) return;
    if (aggregate !== undefined && record.events.length > 0) {
      const { startIndex, unfoldable } = aggregate;
      this.unsettled.push({
        entry: record,
        before,
        startIndex,
        foldable: unfoldable === undefined,
        offset: stored.offset,
      });
    } else if (record.outcome.kind === 'forwarded' || record.outcome.kind === 'deadLettered') {
      const offset = stored.offset;
      this.unsettled.push({ entry: record, before: undefined, startIndex: -1, foldable: true, offset });
    }
  }

  #decode(stored: StoredRecord) {
    try {
      return this.#ports.codec.decodeEntry(stored.value ?? new Uint8Array(0));
    } catch (error) {
      const message = `journal offset ${stored.offset} cannot be read by this build: ${reasonOf(error)}`;
      throw new Halt('UNREADABLE_ENTRY', message, { cause: error });
    }
  }

  #dropSettled(): void {
    const { unsettled } = this;
    const owed = unsettled.findIndex((one) => one.entry.index > this.state.effectsDone);
    if (owed < 0) this.unsettled = [];
    else if (owed > 0) this.unsettled = unsettled.slice(owed);
  }
}

/** More than one record can add. */
const packedPerRecord = 2;
const fetchBytes = 4 * 1024 * 1024;

function truncatedIfOutOfRange(error: unknown): never {
  if (!isFault(error, 'OFFSET_OUT_OF_RANGE')) throw error;
  throw new Halt('JOURNAL_TRUNCATED', `the journal no longer reaches where it had been: ${reasonOf(error)}`, {
    cause: error,
  });
}

function mustUnderstand(claim: Claim, settings: FoldPorts['settings']): void {
  if (claim.partitions !== settings.partitions) {
    throw new Halt(
      'PARTITION_COUNT',
      `the journal was begun with ${claim.partitions} partitions and this process is set to ${settings.partitions}`,
    );
  }
  if (claim.featureLevel > settings.featureLevel) {
    throw new Halt(
      'FEATURE_LEVEL',
      `the journal is at feature level ${claim.featureLevel}, this build knows ${settings.featureLevel}`,
    );
  }
}

/**
 * Begins a fold where the last checkpoint allows: at the X of the checkpoint that the pointer names, else at the newest
 * checkpoint that can be found, else at the start of the log.
 */
export async function beginFold(ports: FoldPorts, partition: number, life: Life): Promise<Fold> {
  const { log, clock, topics, settings } = ports;
  const [pointer] = await patiently(clock, life, settings, () =>
    log.committed(topics.restoreGroup, [{ topic: topics.journal, partition }]),
  );
  const { start, end } = await patiently(clock, life, settings, () => log.offsets(topics.journal, partition));
  if (pointer !== undefined && pointer.offset >= end) {
    throw new Halt(
      'POINTER_ASTRAY',
      `the last checkpoint is at offset ${pointer.offset}, the journal ends at ${end}: it was cut`,
    );
  }
  if (pointer !== undefined && pointer.offset >= start)
    return foldFromCheckpoint(ports, partition, pointer.offset, start, life);
  if (start === 0) return foldFromStart(ports, partition);
  return scanForCheckpoint(ports, partition, start, end, life);
}

/** A fold of the whole journal. */
export function foldFromStart(ports: FoldPorts, partition: number): Fold {
  const state = new PartitionState(ports.domain, ports.settings);
  return new Fold(ports, partition, new JournalReader(journalStart, rulesOf(ports).admit), state, -1);
}

/** Begins a fold at the X of the checkpoint at this offset. Throws `Halt` when there is none, or the log was cut. */
export async function foldFromCheckpoint(
  ports: FoldPorts,
  partition: number,
  offset: number,
  start: number,
  life: Life,
): Promise<Fold> {
  const { record: checkpoint } = await readAt(ports, partition, offset, life);
  if (checkpoint.kind !== 'checkpoint') {
    throw new Halt(
      'POINTER_ASTRAY',
      `offset ${offset} should hold a checkpoint and holds a ${checkpoint.kind}: the journal was cut`,
    );
  }
  if (checkpoint.offset > start) {
    const { timestamp } = await readAt(ports, partition, checkpoint.offset - 1, life);
    if (!rulesOf(ports).samePast(checkpoint.lastAppendTime, timestamp)) {
      throw new Halt(
        'JOURNAL_TRUNCATED',
        `the journal has another record before offset ${checkpoint.offset} than it had`,
      );
    }
  }
  return foldFrom(ports, partition, checkpoint, life);
}

async function foldFrom(ports: FoldPorts, partition: number, checkpoint: Checkpoint, life: Life): Promise<Fold> {
  const parts: Snapshot[] = [];
  for (const at of checkpoint.parts) {
    const { record } = await readAt(ports, partition, at, life);
    if (record.kind !== 'snapshot') throw new Halt('POINTER_ASTRAY', `offset ${at} should hold a part of a checkpoint`);
    parts.push(record);
  }
  const state = PartitionState.atCheckpoint(ports.domain, ports.settings, checkpoint, parts);
  const { offset, admission, lastAppendTime } = checkpoint;
  const reader = new JournalReader({ offset, admission, lastAppendTime }, rulesOf(ports).admit);
  return new Fold(ports, partition, reader, state, checkpoint.effectsDone);
}

/** The pointer is of no use and the log was trimmed: the newest checkpoint that the fold from its own X admits. */
async function scanForCheckpoint(
  ports: FoldPorts,
  partition: number,
  start: number,
  end: number,
  life: Life,
): Promise<Fold> {
  const found: { readonly at: number; readonly checkpoint: Checkpoint }[] = [];
  for (let at = start; at < end;) {
    const batch = await patiently(ports.clock, life, ports.settings, () =>
      ports.log.fetch(ports.topics.journal, partition, at, { maxBytes: fetchBytes }),
    );
    for (const stored of batch.records) {
      const record = ports.codec.decodeEntry(stored.value ?? new Uint8Array(0));
      if (record.kind === 'checkpoint' && record.offset >= start) found.push({ at: stored.offset, checkpoint: record });
    }
    at = Math.max(batch.nextOffset, at + 1);
  }
  for (const { at, checkpoint } of found.reverse()) {
    const fold = await foldFrom(ports, partition, checkpoint, life);
    const before = fold.reader.next;
    try {
      await fold.through(at, life);
    } catch (error) {
      if (error instanceof Halt) continue;
      throw error;
    }
    const admitted = fold.reader.next === checkpoint.index && fold.reader.epoch === checkpoint.epoch;
    if (admitted && fold.reader.next >= before) return foldFrom(ports, partition, checkpoint, life);
  }
  throw new Halt('POINTER_ASTRAY', `the journal begins at offset ${start} and no checkpoint leads into it`);
}

/** Whether somebody has claimed the partition since `position`. */
export async function isClaimedAfter(
  ports: FoldPorts,
  partition: number,
  position: JournalPosition,
  life: Life,
): Promise<boolean> {
  const { log, clock, topics, settings, codec } = ports;
  const reader = new JournalReader(position, rulesOf(ports).admit);
  const { end } = await patiently(clock, life, settings, () => log.offsets(topics.journal, partition));
  while (reader.offset < end) {
    const batch = await patiently(clock, life, settings, () => log.fetch(topics.journal, partition, reader.offset));
    for (const { value, offset, timestamp } of batch.records) {
      if (offset >= reader.offset) reader.read(codec.decodeEntry(value ?? new Uint8Array(0)), offset, timestamp);
    }
  }
  return reader.epoch !== position.admission.epoch;
}

async function readAt(ports: FoldPorts, partition: number, offset: number, life: Life) {
  const batch = await patiently(ports.clock, life, ports.settings, () =>
    ports.log.fetch(ports.topics.journal, partition, offset, { maxBytes: 1 }),
  ).catch(truncatedIfOutOfRange);
  const stored = batch.records.find((record) => record.offset === offset);
  if (stored === undefined)
    throw new Halt('JOURNAL_TRUNCATED', `the journal has no record at offset ${offset} any more`);
  return { record: ports.codec.decodeEntry(stored.value ?? new Uint8Array(0)), timestamp: stored.timestamp };
}

const rulesOf = (ports: FoldPorts): Rules => ports.rules ?? faithful;
