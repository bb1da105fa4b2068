import type { Log } from '@partitura/log';
import type { PositionBoard } from '@partitura/read-model';
import { partitionOf, topicNames } from '@partitura/wire';
import { SharedLookup } from './shared-lookup.ts';

/** How far the read model is, as a read may say of itself. */
export interface Freshness {
  /** `<partition>:<position>`, several joined by commas; everything below was read. Absent: not known. */
  readonly position: string | undefined;
  /** It may lack what was acknowledged before the request. */
  readonly stale: boolean;
}

export interface FreshnessOptions {
  readonly log: Pick<Log, 'offsets'>;
  readonly positions: Pick<PositionBoard, 'waitFor' | 'known'>;
  readonly namespace: string;
  readonly partitions: number;
  /** Before the end of the journal is looked up: what this process still owes the deciders about a run. */
  readonly settle?: (id: string) => Promise<void>;
  readonly waitMs: number;
  readonly waitingMax: number;
  readonly onAlarm: (what: string, why: unknown) => void;
}

const unknown: Freshness = { position: undefined, stale: true };

/**
 * Makes reads see what was acknowledged before them: a read by id waits until the read model has reached the end that
 * the journal of that partition had after the request arrived.
 */
export class FreshReads {
  readonly #options: FreshnessOptions;
  readonly #ends: readonly SharedLookup<number>[];
  #waiting = 0;

  constructor(options: FreshnessOptions) {
    this.#options = options;
    const { journal } = topicNames(options.namespace);
    this.#ends = Array.from(
      { length: options.partitions },
      (_, partition) => new SharedLookup(async () => (await options.log.offsets(journal, partition)).end),
    );
  }

  /** Before a read of what belongs to an aggregate. Never rejects: a read that could not wait is stale. */
  async ofAggregate(id: string): Promise<Freshness> {
    const { partitions, waitingMax, settle, onAlarm } = this.#options;
    if (this.#waiting >= waitingMax) return unknown;
    const partition = partitionOf(id, partitions);
    this.#waiting += 1;
    try {
      await settle?.(id);
      const end = await this.#ends[partition]?.join();
      return end === undefined ? unknown : await this.#reach(partition, end);
    } catch (error) {
      onAlarm('the end of a journal partition could not be looked up for a read', error);
      return unknown;
    } finally {
      this.#waiting -= 1;
    }
  }

  /** Before a read that must see the decision at this offset; waits longer than other reads if told so. */
  ofDecision(partition: number, offset: number, waitMs?: number): Promise<Freshness> {
    return this.#reach(partition, offset + 1, waitMs);
  }

  /** Before a list or search: waits for the given positions only, and says how far the read model is known to be. */
  async ofList(minimum: readonly (readonly [partition: number, offset: number])[]): Promise<Freshness> {
    const reached = await Promise.all(minimum.map(([partition, offset]) => this.#reach(partition, offset + 1)));
    const { known } = this.#options.positions;
    const position = [...known].map(([partition, at]) => `${partition}:${at}`).join(',');
    return { position: position === '' ? undefined : position, stale: reached.some(({ stale }) => stale) };
  }

  async #reach(partition: number, position: number, waitMs = this.#options.waitMs): Promise<Freshness> {
    const { positions } = this.#options;
    const reached = await positions.waitFor(partition, position, waitMs);
    if (reached) return { position: `${partition}:${position}`, stale: false };
    const at = positions.known.get(partition);
    return { position: at === undefined ? undefined : `${partition}:${at}`, stale: true };
  }
}
