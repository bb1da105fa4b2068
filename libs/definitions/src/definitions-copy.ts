import {
  definitionKeyOf,
  type DefinitionKind,
  type DefinitionLookup,
  type DefinitionRecord,
  type Payload,
} from '@partitura/model';
import type { Batch, Clock, Following, Log } from '@partitura/log';

export interface DefinitionsCopyOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly topic: string;
  readonly decode: (value: Uint8Array) => DefinitionRecord;
  /** The copy cannot follow any more (broker refuses, log closed): it stays as it is and says so. */
  readonly onEnd?: (why: unknown) => void;
  /** A record that cannot be read; it is left out. */
  readonly onUnreadable?: (offset: number, why: unknown) => void;
}

/** Names one definition; workflows have versions, others none. */
export type DefinitionName = Pick<DefinitionRecord, 'kind' | 'name' | 'version'>;

/**
 * A process's copy of the broadcast of definitions: current, in memory, never asked over the network.
 *
 * Per key the record of the highest revision counts, so that a broadcast that was sent again late changes nothing;
 * deletions are records too.
 */
export class DefinitionsCopy implements DefinitionLookup {
  readonly #options: DefinitionsCopyOptions;
  readonly #records = new Map<string, DefinitionRecord>();
  /** Revisions of last records, of those keys whose last record is not the one that counts. */
  readonly #last = new Map<string, number>();
  readonly #listeners = new Set<(definition: DefinitionName) => void>();
  /** Registered versions by workflow name, ascending. */
  readonly #versions = new Map<string, number[]>();
  #waiting: { readonly offset: number; readonly done: (reached: boolean) => void }[] = [];
  #position: number;
  #following: Following | undefined;

  private constructor(options: DefinitionsCopyOptions, position: number) {
    this.#options = options;
    this.#position = position;
  }

  /** Resolves when everything that the topic held at the call has been read. */
  static async open(options: DefinitionsCopyOptions): Promise<DefinitionsCopy> {
    const { start, end } = await options.log.offsets(options.topic, 0);
    const copy = new DefinitionsCopy(options, start);
    const ended = new Promise<never>((_, reject) => {
      copy.#following = options.log.follow({
        topic: options.topic,
        partition: 0,
        from: start,
        onBatch: (batch) => copy.#apply(batch),
        onEnd: (why) => {
          reject(why instanceof Error ? why : new Error(String(why)));
          options.onEnd?.(why);
        },
      });
    });
    ended.catch(() => undefined);
    await Promise.race([copy.when(end), ended]);
    return copy;
  }

  /** Offset of the next record to be read: everything before it is in the copy. */
  get position(): number {
    return this.#position;
  }

  /** Whether everything before `offset` is in the copy, now or within `timeoutMs`. */
  async reached(offset: number, timeoutMs: number): Promise<boolean> {
    if (this.#position >= offset) return true;
    let giveUp: () => void = () => undefined;
    const timeout = new Promise<boolean>((resolve) => {
      giveUp = this.#options.clock.after(timeoutMs, () => resolve(false));
    });
    const reached = await Promise.race([this.when(offset), timeout]);
    giveUp();
    return reached || this.#position >= offset;
  }

  /** Whether everything that the topic holds at this moment is in the copy, now or within `timeoutMs`. */
  async caughtUp(timeoutMs: number): Promise<boolean> {
    const { end } = await this.#options.log.offsets(this.#options.topic, 0);
    return this.reached(end, timeoutMs);
  }

  /**
   * Revision of the last record under a definition's key: what compaction leaves, and so what readers to come will see,
   * whatever counts for this copy. Undefined where there is none; 0 where it says nothing (unreadable, or a tombstone).
   */
  lastRevision({ kind, name, version }: DefinitionName): number | undefined {
    const key = definitionKeyOf(kind, name, version);
    return this.#last.get(key) ?? this.#records.get(key)?.revision;
  }

  /**
   * `tell` hears of every definition whose last record is not its newest from now on: something old, unreadable or empty
   * came to lie over it. Its owner should say it again. Returns how to stop listening.
   */
  onOvertaken(tell: (definition: DefinitionName) => void): () => void {
    this.#listeners.add(tell);
    return () => this.#listeners.delete(tell);
  }

  get(kind: DefinitionKind, name: string, version?: number): DefinitionRecord | undefined {
    const wanted = kind === 'workflow' ? (version ?? this.latestVersion(name)) : undefined;
    const record = this.#records.get(definitionKeyOf(kind, name, wanted));
    return record === undefined || record.deleted ? undefined : record;
  }

  workflow(name: string, version?: number): Payload | undefined {
    return this.get('workflow', name, version)?.body;
  }

  task(name: string): Payload | undefined {
    return this.get('task', name)?.body;
  }

  latestVersion(name: string): number | undefined {
    return this.#versions.get(name)?.at(-1);
  }

  /** All versions of a workflow, ascending. */
  versions(name: string): readonly number[] {
    return this.#versions.get(name) ?? [];
  }

  /** Everything of a kind, ordered by name, then version. */
  list(kind: DefinitionKind): readonly DefinitionRecord[] {
    return [...this.#records.values()]
      .filter((record) => record.kind === kind && !record.deleted)
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : (a.version ?? 0) - (b.version ?? 0)));
  }

  close(): void {
    this.#following?.close();
    for (const waiter of this.#waiting.splice(0)) waiter.done(false);
  }

  /** Resolves once everything before `offset` is in the copy: true; or when the copy is closed: false. */
  when(offset: number): Promise<boolean> {
    if (this.#position >= offset) return Promise.resolve(true);
    return new Promise((done) => this.#waiting.push({ offset, done }));
  }

  #apply(batch: Batch): void {
    for (const { key, value, offset } of batch.records) {
      const record = this.#decoded(value, offset);
      if (record !== undefined) this.#put(record);
      else if (key !== null) this.#overtake(new TextDecoder().decode(key), 0);
    }
    this.#position = batch.nextOffset;
    if (this.#waiting.length === 0) return;
    const reached = this.#waiting.filter((waiter) => waiter.offset <= this.#position);
    this.#waiting = this.#waiting.filter((waiter) => waiter.offset > this.#position);
    for (const waiter of reached) waiter.done(true);
  }

  #decoded(value: Uint8Array | null, offset: number): DefinitionRecord | undefined {
    if (value === null) return undefined;
    try {
      // A copy: a definition may live long, and must not keep the whole fetch buffer alive.
      return this.#options.decode(value.slice());
    } catch (error) {
      this.#options.onUnreadable?.(offset, error);
      return undefined;
    }
  }

  /** A record came to lie over the newest of its key, which still counts. */
  #overtake(key: string, revision: number): void {
    this.#last.set(key, revision);
    const known = this.#records.get(key);
    if (known !== undefined) for (const tell of this.#listeners) tell(known);
  }

  #put(record: DefinitionRecord): void {
    const key = definitionKeyOf(record.kind, record.name, record.version);
    const known = this.#records.get(key);
    if (known !== undefined && known.revision > record.revision) {
      this.#overtake(key, record.revision);
      return;
    }
    this.#last.delete(key);
    this.#records.set(key, record);
    if (record.kind !== 'workflow' || record.version === undefined) return;
    const others = this.versions(record.name).filter((version) => version !== record.version);
    const versions = record.deleted ? others : [...others, record.version].sort((a, b) => a - b);
    if (versions.length === 0) this.#versions.delete(record.name);
    else this.#versions.set(record.name, versions);
  }
}
