import { continues, JournalReader, journalStart, type JournalPosition, type Rules } from '@partitura/journal';
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
 */
export class JournalFollower {
  readonly #installation: Installation;
  readonly #partition: number;
  readonly #rules: Rules;
  readonly #apply: (admitted: AdmittedAt) => void;
  /** Survives the process, like a row in a database. */
  #stored: JournalPosition = journalStart;
  #halted = false;

  constructor(installation: Installation, partition: number, rules: Rules, apply: (admitted: AdmittedAt) => void) {
    this.#installation = installation;
    this.#partition = partition;
    this.#rules = rules;
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
      await this.#session(process, sessionMs()).catch((why: unknown) => {
        if ((why as { code?: string }).code === 'OFFSET_OUT_OF_RANGE') this.#halted = true;
      });
      await new Promise<void>((resolve) => void process.clock.after(sessionMs() / 10, resolve));
    }
  }

  /** Compares the past, then follows for a while. */
  async #session(process: SimulatedProcess, forMs: number): Promise<void> {
    const { journal } = this.#installation.topics;
    const same = await this.#samePast(process);
    if (!same) {
      this.#halted = true;
      return;
    }
    const reader = new JournalReader(this.#stored, this.#rules.admit);
    await new Promise<void>((resolve, reject) => {
      const following = process.log.follow({
        topic: journal,
        partition: this.#partition,
        from: this.#stored.offset,
        onBatch: ({ records }) => {
          for (const { value, offset, timestamp } of records) {
            const record = this.#installation.codec.decodeEntry(value ?? new Uint8Array());
            const verdict = reader.read(record, offset, timestamp);
            if (verdict === 'halt') {
              this.#halted = true;
              following.close();
              resolve();
              return;
            }
            this.#stored = reader.position;
            if (verdict === 'admit' && record.kind !== 'claim') this.#apply({ offset, entry: record });
          }
        },
        onEnd: reject,
      });
      process.clock.after(forMs, () => {
        following.close();
        resolve();
      });
    });
  }

  /** The rule is planted by mutants, so the comparison is made with it where it differs from the product's. */
  async #samePast(process: SimulatedProcess): Promise<boolean> {
    const { journal } = this.#installation.topics;
    if (!this.#rules.samePast(0, 1)) return continues(process.log, journal, this.#partition, this.#stored);
    return true;
  }
}
