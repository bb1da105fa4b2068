import { continues, JournalReader, journalStart, type JournalPosition, type Rules } from '@partitura/journal';
import type { StoredRecord } from '@partitura/log';
import type { SimulatedProcess } from '@partitura/log-simulated';
import type { JournalEntry } from '@partitura/model';
import type { Installation } from './installation.ts';

export interface AdmittedAt {
  readonly offset: number;
  readonly entry: JournalEntry;
}

/**
 * A reader of one journal partition, as projectors and publishers are: it stores its position with what it has
 * applied, dies, goes on from the stored position, and halts when the log is not the one it has read.
 *
 * - `follow`: compares the past once, then is handed what comes.
 * - `poll`: reads the record before its position again with every read, so that not even a cut between two reads is missed.
 */
export class JournalFollower {
  readonly #installation: Installation;
  readonly #partition: number;
  readonly #rules: Rules;
  readonly #mode: 'follow' | 'poll';
  readonly #apply: (admitted: AdmittedAt) => void;
  /** Survives the process, like a row in a database. */
  #stored: JournalPosition = journalStart;
  #halted = false;

  constructor(
    installation: Installation,
    partition: number,
    rules: Rules,
    mode: 'follow' | 'poll',
    apply: (admitted: AdmittedAt) => void,
  ) {
    this.#installation = installation;
    this.#partition = partition;
    this.#rules = rules;
    this.#mode = mode;
    this.#apply = apply;
  }

  get halted(): boolean {
    return this.#halted;
  }
  get position(): JournalPosition {
    return this.#stored;
  }

  /** Reads on from what is stored, in a process that may die at any time; again and again until it does. */
  async run(process: SimulatedProcess, sessionMs: () => number): Promise<void> {
    while (!this.#halted && process.isAlive()) {
      const session = this.#mode === 'follow' ? this.#follow(process, sessionMs()) : this.#poll(process);
      await session.catch((why: unknown) => {
        // A log that ends before our position was cut; the rule says whether that matters.
        if ((why as { code?: string }).code === 'OFFSET_OUT_OF_RANGE') this.#halted = !this.#forgivesCuts();
      });
      await new Promise<void>((resolve) => void process.clock.after(sessionMs() / 10, resolve));
    }
  }

  /** Compares the past, then follows for a while. */
  async #follow(process: SimulatedProcess, forMs: number): Promise<void> {
    const { journal: topic } = this.#installation.topics;
    if (!(await continues(process.log, topic, this.#partition, this.#stored))) {
      this.#halted = !this.#forgivesCuts();
      if (this.#halted) return;
    }
    const reader = new JournalReader(this.#stored, this.#rules.admit);
    await new Promise<void>((resolve, reject) => {
      const following = process.log.follow({
        topic,
        partition: this.#partition,
        from: this.#stored.offset,
        onBatch: ({ records }) => {
          if (this.#read(reader, records)) return;
          following.close();
          resolve();
        },
        onEnd: reject,
      });
      process.clock.after(forMs, () => {
        following.close();
        resolve();
      });
    });
  }

  async #poll(process: SimulatedProcess): Promise<void> {
    const { offset, lastAppendTime } = this.#stored;
    const from = Math.max(0, offset - 1);
    const { records, highWatermark } = await process.log.fetch(
      this.#installation.topics.journal,
      this.#partition,
      from,
    );
    const before = records.find((record) => record.offset < offset);
    const isCut = offset > highWatermark && !this.#forgivesCuts();
    if (isCut || (offset > 0 && !this.#rules.samePast(lastAppendTime, before?.timestamp))) this.#halted = true;
    else this.#read(new JournalReader(this.#stored, this.#rules.admit), records);
  }

  /** False once the log turned out not to be intact. */
  #read(reader: JournalReader, records: readonly StoredRecord[]): boolean {
    for (const { value, offset, timestamp } of records) {
      if (offset < reader.offset) continue;
      const record = this.#installation.codec.decodeEntry(value ?? new Uint8Array());
      const verdict = reader.read(record, offset, timestamp);
      if (verdict === 'halt') {
        this.#halted = true;
        return false;
      }
      this.#stored = reader.position;
      if (verdict === 'admit' && record.kind !== 'claim') this.#apply({ offset, entry: record });
    }
    return true;
  }

  /** Whether a mutant has taken the comparison away, and the halting too. */
  #forgivesCuts(): boolean {
    return this.#rules.samePast(0, 1) && this.#rules.placed(0, 1) !== 'truncated';
  }
}
