import { createCommitFile, isEmpty, type CommitFile } from './commit-file.ts';
import type { SettlementHost } from './partition-settlement.ts';
import type { Partition } from './partition.ts';
import type { Recovered, RecoveredFile } from './recovery.ts';
import { settle } from './settlement.ts';

export interface CommitLogSettings extends SettlementHost {
  /** A file of the commit log is finished above this. */
  readonly commitFileBytes: number;
}

/** While the one before cannot be settled, a file grows up to this multiple of its size; then appends wait. */
const patience = 4;
const retryMs = 1_000;

/** Which file of the commit log is written to, and the settling of those before it. */
export class CommitLog {
  readonly #settings: CommitLogSettings;
  #active: CommitFile;
  /** Partitions with batches in the active file. */
  #dirty: Set<Partition>;
  /** Full files, oldest first; settled one after the other. */
  readonly #finished: RecoveredFile[];
  #settling: Promise<void> | undefined;
  #closed = false;
  #stopWaiting: (() => void) | undefined;

  constructor(settings: CommitLogSettings, recovered: Recovered) {
    this.#settings = settings;
    this.#active = recovered.active.file;
    this.#dirty = new Set(recovered.active.ends.keys());
    this.#finished = [...recovered.finished];
    this.#startSettling();
  }

  /** The file that a group of this size goes to. */
  fileFor(size: number): CommitFile | Promise<CommitFile> {
    const wanted = this.#active.end + size;
    const { commitFileBytes } = this.#settings;
    if (wanted <= commitFileBytes || isEmpty(this.#active)) return this.#active;
    if (this.#finished.length > 0 && wanted <= patience * commitFileBytes) return this.#active;
    return this.#next(wanted);
  }

  published(partitions: ReadonlySet<Partition>): void {
    for (const partition of partitions) this.#dirty.add(partition);
  }

  /** Settles no further. What is not settled is found again in the commit log. */
  stop(): void {
    this.#closed = true;
    this.#stopWaiting?.();
  }

  async close(): Promise<void> {
    this.stop();
    await this.#settling;
    for (const { file } of [...this.#finished, { file: this.#active }]) await file.file.close();
  }

  async #next(wanted: number): Promise<CommitFile> {
    const { fs, directory, commitFileBytes } = this.#settings;
    while (this.#finished.length > 0) {
      if (this.#closed) throw new Error('the log ends before there is room for more');
      await this.#settling;
    }
    try {
      const next = await createCommitFile(fs, directory, this.#active.number + 1);
      const ends = new Map(Array.from(this.#dirty, (partition) => [partition, partition.end]));
      this.#finished.push({ file: this.#active, ends });
      this.#active = next;
      this.#dirty = new Set();
      this.#startSettling();
    } catch (error) {
      // No room for another file: as long as the old one takes more, nobody needs to know.
      if (wanted > patience * commitFileBytes) throw error;
    }
    return this.#active;
  }

  #startSettling(): void {
    this.#settling ??= this.#settleAll().finally(() => (this.#settling = undefined));
  }

  async #settleAll(): Promise<void> {
    for (let next = this.#finished[0]; next !== undefined && !this.#closed; next = this.#finished[0]) {
      try {
        await settle(this.#settings, next.file, next.ends);
        this.#finished.shift();
      } catch (error) {
        // Nothing is lost: the records are in the commit log and in memory. Appends wait once that is too much.
        this.#settings.onTrouble(`${next.file.path} cannot be settled now`, error);
        await this.#wait(retryMs);
      }
    }
  }

  #wait(delayMs: number): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#settings.clock.after(delayMs, resolve);
      this.#stopWaiting = () => {
        cancel();
        resolve();
      };
    });
  }
}
