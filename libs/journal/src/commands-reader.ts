import type { Batch, Following, StoredRecord } from '@partitura/log';
import { Slices, type Life } from './patience.ts';
import type { JournalPorts } from './ports.ts';

export interface CommandsReaderEvents {
  /** May be awaited before deciding goes on: the backlog or the effects are full. */
  room(): Promise<void>;
  /** A stretch of deciding begins. */
  begin(): void;
  decide(record: StoredRecord): void;
  /** A stretch is over, or the batch is: everything before this offset of the topic was decided. */
  decided(through: number): void;
  /** Following ended by itself, or deciding threw. */
  failed(why: unknown): void;
}

/**
 * Follows `commands[p]` from the input position that the journal says, read committed. A batch is decided in stretches
 * that leave the event loop its turn, and only while there is room for what deciding produces.
 */
export class CommandsReader {
  readonly #ports: JournalPorts;
  readonly #partition: number;
  readonly #life: Life;
  readonly #events: CommandsReaderEvents;
  readonly #slices: Slices;
  #following: Following | undefined;
  #next: number;
  /** Since when (monotonic) the last stable offset stands still below the end. */
  #heldBack: { readonly at: number; readonly since: number; told: boolean } | undefined;

  constructor(ports: JournalPorts, partition: number, from: number, life: Life, events: CommandsReaderEvents) {
    this.#ports = ports;
    this.#partition = partition;
    this.#next = from;
    this.#life = life;
    this.#events = events;
    this.#slices = new Slices(ports.clock, ports.settings.sliceMs);
  }

  start(): void {
    this.#following = this.#ports.log.follow({
      topic: this.#ports.topics.commands,
      partition: this.#partition,
      from: this.#next,
      isolation: 'committed',
      // The entry that decides a command is appended after it, and effects leave only when that is durable.
      early: true,
      onBatch: (batch) => this.#batch(batch),
      onEnd: (why) => this.#life.alive && this.#events.failed(why),
    });
  }

  stop(): void {
    this.#following?.close();
    this.#following = undefined;
  }

  async #batch(batch: Batch): Promise<void> {
    this.#watchTransactions(batch);
    try {
      await this.#decideAll(batch.records);
      if (!this.#reading) return;
      this.#next = Math.max(this.#next, batch.nextOffset);
      this.#events.decided(this.#next);
    } catch (error) {
      if (this.#life.alive) this.#events.failed(error);
    }
  }

  async #decideAll(records: readonly StoredRecord[]): Promise<void> {
    if (records.length === 0) return;
    await this.#events.room();
    this.#slices.begin();
    this.#events.begin();
    let sinceLook = 0;
    for (const record of records) {
      if (!this.#reading) return;
      if (record.offset < this.#next) continue;
      this.#events.decide(detached(record));
      this.#next = record.offset + 1;
      if (++sinceLook < decisionsPerLook) continue;
      sinceLook = 0;
      if (!this.#slices.spent) continue;
      this.#events.decided(this.#next);
      await this.#slices.pause();
      await this.#events.room();
      this.#slices.begin();
      this.#events.begin();
    }
  }

  get #reading(): boolean {
    return this.#life.alive && this.#following !== undefined;
  }

  /** An outside producer that leaves its transaction open holds up everybody behind it. */
  #watchTransactions({ lastStable, highWatermark }: Batch): void {
    const { clock, observer, topics } = this.#ports;
    if (lastStable >= highWatermark) {
      this.#heldBack = undefined;
      return;
    }
    const now = clock.monotonic();
    if (this.#heldBack?.at !== lastStable) this.#heldBack = { at: lastStable, since: now, told: false };
    if (this.#heldBack.told || now - this.#heldBack.since < openTransactionMs) return;
    this.#heldBack.told = true;
    const where = `${topics.commands}[${this.#partition}] offset ${lastStable}`;
    const message = `a producer's transaction at ${where} has been open for ${openTransactionMs} ms; nothing behind it can be read`;
    observer.alarm({ partition: this.#partition, code: 'OPEN_TRANSACTION', message });
  }
}

const openTransactionMs = 30_000;
/** Decisions between two looks at the clock. */
const decisionsPerLook = 16;

/** What a command brings along may be kept for long: it must not hold the whole fetched batch in memory. */
function detached(record: StoredRecord): StoredRecord {
  const { value, offset, timestamp, key, headers } = record;
  if (value === null || value.buffer.byteLength <= Math.max(sharedBytes, 2 * value.length)) return record;
  const own = Buffer.allocUnsafe(value.length);
  own.set(value);
  return { offset, timestamp, key, value: own, ...(headers && { headers }) };
}
/** As much as a buffer of the host's pool holds together anyway. */
const sharedBytes = 16 * 1024;
