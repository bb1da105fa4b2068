import type { Life } from './patience.ts';
import { patiently } from './patience.ts';
import type { JournalPorts } from './ports.ts';

/** A place where the journal may begin: the X of an admitted checkpoint. */
interface Beginning {
  readonly offset: number;
  /** Time of the last entry before it, epoch ms. */
  readonly at: number;
}

/**
 * Trims the journal where a policy says so: exactly to the X of an admitted checkpoint, once everything before it is
 * old enough, the pointer is at a later checkpoint, and all other readers have passed it. From then on the archive is
 * the history. Without a policy, or without a word from one of the readers, nothing is trimmed.
 */
export class JournalRetention {
  readonly #ports: JournalPorts;
  readonly #partition: number;
  readonly #life: Life;
  /** Oldest first; the last one is that of the newest checkpoint. */
  #beginnings: Beginning[] = [];

  constructor(ports: JournalPorts, partition: number, life: Life) {
    this.#ports = ports;
    this.#partition = partition;
    this.#life = life;
  }

  get #isOn(): boolean {
    const { settings, topics } = this.#ports;
    return Number.isFinite(settings.journalRetentionMs) && topics.readerGroups !== undefined;
  }

  /** A checkpoint with this X was admitted; all before it is at most as young as `at`. */
  checkpointed(offset: number, at: number): void {
    if (this.#isOn && offset > (this.#beginnings.at(-1)?.offset ?? 0)) this.#beginnings.push({ offset, at });
  }

  /** Called once the pointer is at the newest checkpoint. Rejects with what the log refuses. */
  async trim(now: number): Promise<void> {
    if (!this.#isOn) return;
    const { log, clock, topics, settings } = this.#ports;
    // The newest stays whole, so that who was about to restore from it, or from the one before, finds what it needs.
    const ripe = this.#beginnings.slice(0, -1).filter(({ at }) => at <= now - settings.journalRetentionMs);
    if (ripe.length === 0) return;
    const readBy = await this.#readByAll();
    const beginning = ripe.findLast(({ offset }) => offset <= readBy);
    if (beginning === undefined) return;
    await patiently(clock, this.#life, settings, () => log.trim(topics.journal, this.#partition, beginning.offset));
    this.#beginnings = this.#beginnings.filter(({ offset }) => offset > beginning.offset);
    this.#ports.observer.trimmed?.(this.#partition, beginning.offset);
  }

  /** Below this offset nobody reads any more; 0 while somebody has never said. */
  async #readByAll(): Promise<number> {
    const { log, clock, topics, settings } = this.#ports;
    const journal = { topic: topics.journal, partition: this.#partition };
    let lowest = Infinity;
    for (const group of topics.readerGroups ?? []) {
      const [position] = await patiently(clock, this.#life, settings, () => log.committed(group, [journal]));
      lowest = Math.min(lowest, position?.offset ?? 0);
    }
    return lowest;
  }
}
