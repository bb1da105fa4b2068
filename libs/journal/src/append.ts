import { sleep, type Appended, type LogRecord } from '@partitura/log';
import type { JournalEntry } from '@partitura/model';
import type { Admission } from './admission.ts';
import { GivenUp, Halt, isFault, isRetryable, reasonOf, Superseded } from './failures.ts';
import type { JournalReader } from './journal-reader.ts';
import { plausible, type OwnerClock, type Reading } from './owner-clock.ts';
import { mustLive, patiently, pauseMs, type Life } from './patience.ts';
import type { JournalPorts } from './ports.ts';
import { faithful, type Rules } from './rules.ts';

/** An entry that was decided and waits for admission. */
export interface Written {
  readonly entry: JournalEntry;
  readonly record: LogRecord;
  readonly bytes: number;
}

/** What the writer tells the owner. */
export interface WriterEvents<W extends Written> {
  /** The last moment to add something to the batch that is about to leave. */
  beforeSend(): void;
  /** Admitted, in order; `offsets[i]` is where `batch[i]` stands. */
  admitted(batch: readonly W[], offsets: (i: number) => number): void;
  /** No append came through for a while, from then (owner's clock) until now. */
  outage(fromMs: number, untilMs: number): void;
  /** The owner must end, with this reason. */
  failed(why: unknown): void;
}

/**
 * Appends entries under one claim: at most one batch in flight, and what is decided meanwhile forms the next. The
 * offset of each acknowledgement proves whether anybody else wrote in between (compare-and-append), so an entry counts
 * as admitted only when every other reader will admit it too.
 */
export class JournalWriter<W extends Written> {
  readonly #ports: JournalPorts;
  readonly #rules: Rules;
  readonly #partition: number;
  readonly #reader: JournalReader;
  readonly #mine: Admission;
  readonly #clock: OwnerClock;
  readonly #events: WriterEvents<W>;
  readonly #life: Life;
  #buffer: W[] = [];
  #bufferedBytes = 0;
  #inFlight = false;
  /** No batch reaches over this many entries of the buffer; then what stands before is admitted, and nothing behind. */
  #cut: { left: number; readonly then: () => void } | undefined;

  constructor(
    ports: JournalPorts,
    partition: number,
    reader: JournalReader,
    clock: OwnerClock,
    life: Life,
    events: WriterEvents<W>,
  ) {
    this.#ports = ports;
    this.#rules = ports.rules ?? faithful;
    this.#partition = partition;
    this.#reader = reader;
    this.#mine = { ...reader.position.admission };
    this.#clock = clock;
    this.#life = life;
    this.#events = events;
  }

  /** Epoch of everything that this owner writes. */
  get epoch(): number {
    return this.#mine.epoch;
  }
  /** Index behind the last admitted entry. */
  get admittedNext(): number {
    return this.#reader.next;
  }
  /** Where the journal stands as far as the continuity check has proved it. */
  get reader(): JournalReader {
    return this.#reader;
  }
  get idle(): boolean {
    return !this.#inFlight && this.#buffer.length === 0;
  }
  /** More waits than may: nothing should be decided before some of it is admitted. */
  get full(): boolean {
    return this.#bufferedBytes >= this.#ports.settings.backlogBytes;
  }

  push(written: W): void {
    this.#buffer.push(written);
    this.#bufferedBytes += written.bytes;
  }

  /** Sends what waits, unless a batch is in flight; then it goes when that one is acknowledged. */
  flush(): void {
    if (this.#inFlight || !this.#life.alive) return;
    this.#events.beforeSend();
    if (this.#buffer.length === 0) return;
    const batch = this.#take();
    this.#inFlight = true;
    this.#commit(batch).then(
      () => this.flush(),
      (why: unknown) => this.#events.failed(why),
    );
  }

  /**
   * Calls back when everything decided so far is admitted and nothing decided later is, so that {@link reader} stands
   * exactly between. One at a time.
   */
  cut(then: () => void): void {
    if (this.idle) then();
    else this.#cut = { left: this.#buffer.length, then };
  }

  /** As much of the buffer as one append may hold. */
  #take(): W[] {
    const { batchBytes, batchEntries } = this.#ports.settings;
    const cut = this.#cut;
    const most = cut === undefined ? batchEntries : Math.min(batchEntries, cut.left);
    let bytes = 0;
    let count = 0;
    for (const written of this.#buffer) {
      if (count > 0 && (count >= most || bytes + written.bytes > batchBytes)) break;
      bytes += written.bytes;
      count += 1;
    }
    this.#bufferedBytes -= bytes;
    if (cut !== undefined) cut.left -= count;
    if (count === this.#buffer.length) {
      const batch = this.#buffer;
      this.#buffer = [];
      return batch;
    }
    return this.#buffer.splice(0, count);
  }

  async #commit(batch: readonly W[]): Promise<void> {
    const last = batch[batch.length - 1];
    if (last === undefined) return;
    const records = batch.map((written) => written.record);
    const sent = this.#reading();
    const acked = await this.#append(records);
    const now = this.#reading();
    this.#checkTime(sent, now, acked);
    if (now.owner - sent.owner > this.#ports.settings.outageMs) this.#events.outage(sent.owner, now.owner);

    const base = acked.baseOffset;
    const end = base + batch.length;
    const next = last.entry.index + 1;
    let offsets: (i: number) => number = (i) => base + i;
    switch (this.#rules.placed(base, this.#reader.offset)) {
      case 'expected':
        this.#reader.advance(end, next, acked.appendTime ?? 0);
        break;
      case 'gap':
        offsets = await this.#foldGap(end, next);
        break;
      case 'truncated':
        throw new Halt(
          'JOURNAL_TRUNCATED',
          `an append landed at offset ${base}, but the journal had reached ${this.#reader.offset}: acknowledged entries were lost`,
        );
    }
    this.#inFlight = false;
    let bytes = 0;
    for (const written of batch) bytes += written.bytes;
    this.#events.admitted(batch, offsets);
    this.#reachCut();
    this.#ports.observer.committed?.(this.#partition, batch.length, bytes, now.owner - sent.owner);
  }

  #reachCut(): void {
    const cut = this.#cut;
    if (cut === undefined || cut.left > 0) return;
    this.#cut = undefined;
    cut.then();
  }

  /** The same records again until acknowledged: a second copy is skipped by every reader, a lost one is made up for. */
  async #append(records: readonly LogRecord[]): Promise<Appended> {
    const { log, clock, topics, settings } = this.#ports;
    for (let n = 0; ; n++) {
      mustLive(this.#life);
      try {
        const acked = await log.append(topics.journal, this.#partition, records);
        mustLive(this.#life);
        return acked;
      } catch (error) {
        mustLive(this.#life);
        if (!isRetryable(error)) {
          throw new Halt('LOG_FAILING', `the log refuses to append to the journal: ${reasonOf(error)}`, {
            cause: error,
          });
        }
      }
      await sleep(clock, pauseMs(settings, n));
    }
  }

  /** Somebody else wrote, or an own earlier copy landed: the log itself says what was admitted. */
  async #foldGap(end: number, next: number): Promise<(i: number) => number> {
    const { clock, settings, codec, observer } = this.#ports;
    const reader = this.#reader;
    const skippedBefore = reader.skipped;
    if (reader.offset > 0) {
      const before = await this.#fetch(reader.offset - 1);
      const found = before.find((record) => record.offset === reader.offset - 1)?.timestamp;
      if (!this.#rules.samePast(reader.lastAppendTime, found)) {
        throw new Halt(
          'JOURNAL_TRUNCATED',
          `the journal has another record before offset ${reader.offset} than it had`,
        );
      }
    }
    const own: number[] = [];
    while (reader.offset < end) {
      const records = await this.#fetch(reader.offset);
      if (records.length === 0) await sleep(clock, settings.retryMs);
      for (const record of records) {
        if (record.offset < reader.offset || record.offset >= end) continue;
        const entry = codec.decodeEntry(record.value ?? new Uint8Array(0));
        const verdict = reader.read(entry, record.offset, record.timestamp);
        if (verdict === 'halt')
          throw new Halt('JOURNAL_TRUNCATED', `offset ${record.offset} holds an entry from the future`);
        if (verdict === 'admit' && reader.epoch === this.#mine.epoch) own.push(record.offset);
      }
    }
    observer.skipped?.(this.#partition, reader.skipped - skippedBefore);
    if (!this.#rules.stillOwner(this.#mine, reader.position.admission) || reader.next !== next) throw new Superseded();
    return (i) => own[i] ?? -1;
  }

  async #fetch(from: number) {
    const { log, clock, topics, settings } = this.#ports;
    try {
      const batch = await patiently(clock, this.#life, settings, () =>
        log.fetch(topics.journal, this.#partition, from),
      );
      return batch.records;
    } catch (error) {
      if (!isFault(error, 'OFFSET_OUT_OF_RANGE')) throw error;
      throw new Halt('JOURNAL_TRUNCATED', `the journal no longer reaches offset ${from}`, { cause: error });
    }
  }

  #reading(): Reading {
    return { wall: this.#ports.clock.now(), owner: this.#clock.now() };
  }

  #checkTime(sent: Reading, acked: Reading, { appendTime }: Appended): void {
    if (appendTime === undefined) return;
    if (plausible(sent, acked, appendTime, this.#ports.settings.appendTimeToleranceMs)) return;
    throw new GivenUp(
      'CLOCK_IMPLAUSIBLE',
      `the broker stamped ${appendTime} on an append between ${sent.wall} and ${acked.wall} by the wall clock, ` +
        `${sent.owner} and ${acked.owner} by the owner's: no timer may fire by such clocks`,
    );
  }
}
