import type { Clock, Log } from '@partitura/log';

export interface ArchivePointerOptions {
  readonly log: Log;
  readonly clock: Clock;
  /** The journal. */
  readonly topic: string;
  readonly group: string;
}

/**
 * Tells on the log how far the archive has got, as offsets of a group without members: the journal is not trimmed
 * beyond. May lag and may be lost; what it says was always true.
 */
export class ArchivePointer {
  readonly #options: ArchivePointerOptions;
  readonly #written = new Map<number, number>();
  readonly #told = new Map<number, number>();
  #cancel: (() => void) | undefined;
  #telling: Promise<void> = Promise.resolve();

  constructor(options: ArchivePointerOptions) {
    this.#options = options;
  }

  /** Everything below the offset is durable in the archive. */
  written(partition: number, offset: number): void {
    this.#written.set(partition, offset);
    this.#cancel ??= this.#options.clock.after(tellEveryMs, () => {
      this.#cancel = undefined;
      this.#telling = this.#tell();
    });
  }

  async close(): Promise<void> {
    this.#cancel?.();
    await this.#telling;
    await this.#tell();
  }

  /** What fails is told with the next round. */
  async #tell(): Promise<void> {
    const { log, topic, group } = this.#options;
    const news = [...this.#written].filter(([partition, offset]) => this.#told.get(partition) !== offset);
    if (news.length === 0) return;
    try {
      await log.commit(
        group,
        news.map(([partition, offset]) => ({ topic, partition, offset })),
      );
      for (const [partition, offset] of news) this.#told.set(partition, offset);
    } catch {
      // The journal is kept a little longer.
    }
  }
}

const tellEveryMs = 5_000;
