import type { Fault } from '@partitura/model';
import { randomUUID } from 'node:crypto';
import type { Batch, FollowRequest, Following, Log, LogRecord, StoredRecord, TopicConfig } from './port.ts';

/** A log and the processes on it, as an adapter's test provides them. */
export interface LogWorld {
  /** The first process. */
  readonly log: Log;
  /** One more process on the same log. An adapter that lives in one process returns `log` itself. */
  readonly another: () => Promise<Log>;
  /** Closes every process and removes what the world left behind. */
  readonly end: () => Promise<void>;
  /** Called between two looks at a condition; a world with a clock of its own moves it here. Default: 2 ms pass. */
  readonly settle?: () => Promise<void>;
}

export interface LogTraits {
  /** All members live in one process: `another` returns the same log. */
  readonly singleProcess?: boolean;
  /** How long a condition may take to come true, in real time. Default 20,000. */
  readonly patienceMs?: number;
}

/** What the tests of the contract share: one world, fresh names, conditions, and the memory of what must be closed. */
export class Bench {
  readonly #run = randomUUID().slice(0, 8);
  readonly #patienceMs: number;
  readonly #openWorld: () => Promise<LogWorld>;
  #world: LogWorld | undefined;
  #names = 0;
  #openings: (() => Promise<void> | void)[] = [];

  constructor(openWorld: () => Promise<LogWorld>, traits: LogTraits) {
    this.#openWorld = openWorld;
    this.#patienceMs = traits.patienceMs ?? 20_000;
  }

  async begin(): Promise<void> {
    this.#world = await this.#openWorld();
  }

  async end(): Promise<void> {
    await this.#world?.end();
  }

  get world(): LogWorld {
    if (this.#world === undefined) throw new Error('the world was not opened');
    return this.#world;
  }

  get log(): Log {
    return this.world.log;
  }

  /** A world of its own, for tests that close its log. */
  async worldApart(): Promise<LogWorld> {
    const world = await this.#openWorld();
    this.#openings.push(() => world.end());
    return world;
  }

  /** A name that no other test and no other run uses. */
  name(what: string): string {
    return `contract-${this.#run}-${String(this.#names++)}-${what}`;
  }

  async topic(partitions = 1, config: Partial<TopicConfig> = {}, log = this.log): Promise<string> {
    const topic = this.name('topic');
    await log.createTopics([{ topic, partitions, config: { ...plainTopic, ...config } }]);
    return topic;
  }

  /** Remembers something to close after the test, whatever its outcome. */
  keep<T extends { close: () => Promise<void> | void }>(opened: T): T {
    this.#openings.push(() => opened.close());
    return opened;
  }

  async closeKept(): Promise<void> {
    const openings = this.#openings.reverse();
    this.#openings = [];
    for (const close of openings) await close();
  }

  /** Waits until the condition holds. */
  async until(what: string, condition: () => boolean): Promise<void> {
    const end = Date.now() + this.#patienceMs;
    while (!condition()) {
      if (Date.now() > end) throw new Error(`still waiting: ${what}`);
      await (this.world.settle?.() ?? new Promise((resolve) => setTimeout(resolve, 2)));
    }
  }

  /** Follows a partition and gathers what comes. */
  follow(topic: string, partition: number, from = 0, more: Partial<FollowRequest> = {}): Gathered {
    const gathered = new Gathered();
    gathered.following = this.keep(
      this.log.follow({
        topic,
        partition,
        from,
        onBatch: (batch) => gathered.take(batch),
        onEnd: (why) => gathered.ends.push(why),
        ...more,
      }),
    );
    return gathered;
  }
}

/** A place where handlers wait until the test lets them go. */
export class Gate {
  /** How many have come so far. */
  came = 0;
  readonly #opened: Promise<void>;
  #open!: () => void;

  constructor() {
    this.#opened = new Promise((resolve) => (this.#open = resolve));
  }

  pass(): Promise<void> {
    this.came++;
    return this.#opened;
  }

  open(): void {
    this.#open();
  }
}

/** What a follower was given. */
export class Gathered {
  readonly batches: Batch[] = [];
  readonly records: StoredRecord[] = [];
  readonly ends: unknown[] = [];
  following: Following | undefined;

  take(batch: Batch): void {
    this.batches.push(batch);
    this.records.push(...batch.records);
  }

  get texts(): string[] {
    return textsOf(this.records);
  }
}

export const plainTopic: TopicConfig = {
  cleanup: 'delete',
  retentionMs: -1,
  timestamps: 'create',
  maxMessageBytes: 1_048_588,
};

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
export const textOf = (bytes: Uint8Array | null): string => new TextDecoder().decode(bytes ?? utf8('(null)'));
export const record = (value: string, key: string | null = null): LogRecord => ({
  key: key === null ? null : utf8(key),
  value: utf8(value),
});
export const recordsOf = (...values: readonly string[]): LogRecord[] => values.map((value) => record(value));
export const textsOf = (records: readonly StoredRecord[]): string[] => records.map((r) => textOf(r.value));
export const offsetsOf = (records: readonly StoredRecord[]): number[] => records.map((r) => r.offset);
export const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

/** What a rejected call rejects with: a `Fault` of this code. */
export const fault = (code: string): Partial<Fault> => ({ name: 'Fault', code });
