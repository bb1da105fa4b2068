import { continues, JournalReader, type JournalPosition } from '@partitura/journal';
import type { Batch, Clock, Following, StoredRecord } from '@partitura/log';
import { Fault, type JournalRecord } from '@partitura/model';
import type { Database } from '@partitura/postgres';
import { archivePosition, openPosition, PartitionChanges, type ChangeStep } from '@partitura/read-model';
import { featureLevelKnown, type Alarm, type AlarmCode, type JournalSource } from './journal-source.ts';

/** Longest stretch of folding before the event loop gets its turn. */
const sliceMs = 10;
/** A reader who waits hardly notices, and a fetch costs as much as many records. */
const patienceMs = 20;
const retryMs = 250;
const retryMaxMs = 5_000;

export interface ProjectionOptions {
  readonly journal: JournalSource;
  readonly database: Database;
  readonly clock: Clock;
  /** Bytes of records that may wait for the database; above, the journal is not read on. */
  readonly pendingBytesMax: number;
  /** The position is known; reading begins. */
  readonly onOpen: (offset: number) => void;
  /** There is something to take. */
  readonly onPending: () => void;
  readonly onAlarm: (alarm: Alarm) => void;
}

export type ProjectionPhase = 'opening' | 'following' | 'halted' | 'closed';

/**
 * One journal partition on its way into the read model: read, admitted, folded, and kept until the writer takes it.
 * While a transaction writes what was taken, the next stretch accumulates.
 */
export class PartitionProjection {
  readonly partition: number;
  readonly #options: ProjectionOptions;
  #phase: ProjectionPhase = 'opening';
  #reader = new JournalReader();
  #changes = new PartitionChanges();
  /** Where `#changes` begins. */
  #from: JournalPosition = this.#reader.position;
  /** Where the record stands that stopped us. */
  #haltedAt: JournalPosition | undefined;
  #archivedBelow = 0;
  #pendingBytes = 0;
  #highWatermark = 0;
  #following: Following | undefined;
  #resume: (() => void) | undefined;
  #cancelRetry: (() => void) | undefined;
  #failures = 0;
  /** Counts openings: what belongs to an earlier one is void. */
  #opening = 0;

  constructor(partition: number, options: ProjectionOptions) {
    this.partition = partition;
    this.#options = options;
    void this.#open();
  }

  get phase(): ProjectionPhase {
    return this.#phase;
  }
  /** Records read ahead of what was taken. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }
  get hasPending(): boolean {
    return (this.#phase === 'following' || this.#phase === 'halted') && this.#end.offset > this.#from.offset;
  }
  /** Next journal offset to fold. */
  get position(): number {
    return this.#end.offset;
  }
  /** Records of the journal that are not folded yet, as far as it was seen when it was last read. */
  get lag(): number {
    return Math.max(0, this.#highWatermark - this.#reader.offset);
  }

  get #end(): { readonly offset: number } {
    return this.#haltedAt ?? this.#reader;
  }

  /** Everything folded since the last call; the caller must write it, or call {@link reopen}. */
  take(): ChangeStep | undefined {
    if (!this.hasPending) return undefined;
    const to = this.#haltedAt ?? this.#reader.position;
    const step = { partition: this.partition, from: this.#from, to, changes: this.#changes };
    this.#changes = new PartitionChanges(this.#archivedBelow);
    this.#from = to;
    this.#pendingBytes = 0;
    this.#resume?.();
    return step;
  }

  /** Drops what was folded and begins again from the position in the database: somebody else has moved it. */
  reopen(): void {
    if (this.#phase === 'closed') return;
    this.#stopFollowing();
    void this.#open();
  }

  close(): void {
    this.#phase = 'closed';
    this.#stopFollowing();
  }

  async #open(): Promise<void> {
    const opening = ++this.#opening;
    this.#phase = 'opening';
    const { database, journal } = this.#options;
    try {
      const { position, archived } = await database.transaction(async (queries) => ({
        position: await openPosition(queries, this.partition),
        archived: await archivePosition(queries, this.partition),
      }));
      const intact = await continues(journal.log, journal.topic, this.partition, position);
      if (opening !== this.#opening || this.#isClosed()) return;
      if (!intact) {
        this.#halt('JOURNAL_TRUNCATED', `the journal no longer holds the record before offset ${position.offset}`);
        return;
      }
      this.#archivedBelow = archived.admission.next;
      this.#begin(position);
    } catch (cause) {
      if (opening !== this.#opening || this.#isClosed()) return;
      this.#alarm('DATABASE_FAILING', 'the projection could not be opened yet', cause);
      this.#openLater();
    }
  }

  #begin(position: JournalPosition): void {
    const { journal } = this.#options;
    this.#reader = new JournalReader(position);
    this.#haltedAt = undefined;
    this.#failures = 0;
    this.#changes = new PartitionChanges(this.#archivedBelow);
    this.#from = position;
    this.#pendingBytes = 0;
    this.#phase = 'following';
    this.#options.onOpen(position.offset);
    const opening = this.#opening;
    this.#following = journal.log.follow({
      topic: journal.topic,
      partition: this.partition,
      from: position.offset,
      patienceMs,
      onBatch: (batch) => this.#fold(batch, opening),
      onEnd: (why) => {
        if (opening === this.#opening) this.#ended(why);
      },
    });
  }

  async #fold(batch: Batch, opening: number): Promise<void> {
    this.#highWatermark = batch.highWatermark;
    let sliceEnd = this.#options.clock.monotonic() + sliceMs;
    for (let i = 0; i < batch.records.length; i++) {
      if (opening !== this.#opening || this.#phase !== 'following') return;
      this.#foldRecord(batch.records[i] as StoredRecord);
      if (i % 32 !== 31 || this.#options.clock.monotonic() < sliceEnd) continue;
      await new Promise((resolve) => setImmediate(resolve));
      sliceEnd = this.#options.clock.monotonic() + sliceMs;
    }
    if (!this.hasPending) return;
    this.#options.onPending();
    if (this.#pendingBytes > this.#options.pendingBytesMax) await this.#taken();
  }

  #foldRecord({ offset, value, timestamp }: StoredRecord): void {
    if (offset < this.#reader.offset) return;
    const record = this.#decode(offset, value);
    if (record === undefined || value === null) return;
    const before = this.#reader.lastAppendTime;
    const verdict = this.#reader.read(record, offset, timestamp);
    if (verdict === 'halt') {
      this.#haltedAt = { ...this.#reader.position, offset, lastAppendTime: before };
      this.#halt('JOURNAL_IMPOSSIBLE', `the record at offset ${offset} cannot be in an intact journal`);
      return;
    }
    this.#pendingBytes += value.length;
    if (verdict === 'admit' && record.kind === 'decision') this.#changes.apply(record, offset, value);
  }

  #decode(offset: number, value: Uint8Array | null): JournalRecord | undefined {
    try {
      if (value === null) throw new Fault('MALFORMED', 'a journal record has a value', { retryable: false });
      const record = this.#options.journal.decode(value);
      if (record.kind === 'claim' && record.featureLevel > featureLevelKnown) {
        throw new Fault('FEATURE_LEVEL', `the journal is at feature level ${record.featureLevel}`, {
          retryable: false,
        });
      }
      return record;
    } catch (cause) {
      this.#halt('JOURNAL_UNREADABLE', `the record at offset ${offset} cannot be read by this build`, cause);
      return undefined;
    }
  }

  #ended(why: unknown): void {
    if (this.#phase !== 'following') return;
    if (why instanceof Fault && why.code === 'OFFSET_OUT_OF_RANGE') {
      this.#halt('JOURNAL_TRUNCATED', 'the position lies outside the journal', why);
      return;
    }
    this.#alarm('JOURNAL_FAILING', 'the journal cannot be read for now', why);
    this.#stopFollowing();
    this.#openLater();
  }

  #openLater(): void {
    this.#phase = 'opening';
    this.#failures += 1;
    const delayMs = Math.min(retryMs * 2 ** (this.#failures - 1), retryMaxMs);
    this.#cancelRetry = this.#options.clock.after(delayMs, () => void this.#open());
  }

  /** Nothing after the impossible is projected; what came before it still is. */
  #halt(code: AlarmCode, message: string, cause?: unknown): void {
    this.#phase = 'halted';
    this.#stopFollowing();
    if (this.hasPending) this.#options.onPending();
    this.#alarm(code, message, cause);
  }

  #taken(): Promise<void> {
    return new Promise((resolve) => {
      this.#resume = () => {
        this.#resume = undefined;
        resolve();
      };
    });
  }

  #stopFollowing(): void {
    this.#opening += 1;
    this.#following?.close();
    this.#following = undefined;
    this.#cancelRetry?.();
    this.#resume?.();
  }

  #isClosed(): boolean {
    return this.#phase === 'closed';
  }

  #alarm(code: AlarmCode, message: string, cause?: unknown): void {
    this.#options.onAlarm({ partition: this.partition, code, message, ...(cause === undefined ? {} : { cause }) });
  }
}
