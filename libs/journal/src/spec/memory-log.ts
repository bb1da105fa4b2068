import type {
  AddressedRecord,
  Appended,
  Batch,
  Clock,
  CommittedPosition,
  Following,
  FollowRequest,
  Log,
  LogOffsets,
  LogRecord,
  Ownership,
  OwnRequest,
  StoredRecord,
  TopicDescription,
  TopicPartition,
  TopicSpec,
  Working,
} from '@partitura/log';
import { Fault } from '@partitura/model';

interface Partition {
  readonly records: StoredRecord[];
  start: number;
  readonly followings: Set<{ next: number; busy: boolean; readonly request: FollowRequest }>;
}

/** What a spec wants to happen to a call; nothing: it succeeds. */
export type Interference = (topic: string, partition: number) => Promise<void> | void;

/** A log that answers at once, and does to chosen calls what a spec says. */
export class MemoryLog implements Log {
  readonly committedOffsets = new Map<string, CommittedPosition>();
  readonly topics = new Map<string, number>();
  readonly trims: string[] = [];
  /** Before an append is carried out. */
  beforeAppend: Interference = () => undefined;
  /** After it was, before its acknowledgement. */
  afterAppend: Interference = () => undefined;
  beforeSend: Interference = () => undefined;
  beforeOffsets: Interference = () => undefined;
  readonly #clock: Clock;
  readonly #partitions = new Map<string, Partition>();
  readonly #owners: OwnRequest[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Everything that a partition holds. */
  records(topic: string, partition: number): readonly StoredRecord[] {
    return this.#at(topic, partition).records;
  }
  /** As if acknowledged records were lost. */
  truncate(topic: string, partition: number, end: number): void {
    this.#at(topic, partition).records.length = end;
  }
  /** Appends as somebody else, at once. */
  put(topic: string, partition: number, record: LogRecord): number {
    const { records } = this.#at(topic, partition);
    records.push({ ...record, offset: records.length, timestamp: this.#clock.now() });
    this.#wake(topic, partition);
    return records.length - 1;
  }
  /** Hands a number to a member of the group, by the order in which they joined, or takes it away. */
  acquire(number: number, member = 0): void {
    this.#owners[member]?.onAcquire(number);
  }
  release(number: number, member = 0): void {
    this.#owners[member]?.onRelease(number);
  }

  async append(topic: string, partition: number, records: readonly LogRecord[]): Promise<Appended> {
    await this.beforeAppend(topic, partition);
    const log = this.#at(topic, partition);
    const baseOffset = log.records.length;
    const timestamp = this.#clock.now();
    for (const record of records) log.records.push({ ...record, offset: log.records.length, timestamp });
    this.#wake(topic, partition);
    await this.afterAppend(topic, partition);
    return { baseOffset, appendTime: timestamp };
  }

  async send(records: readonly AddressedRecord[]): Promise<void> {
    for (const { topic, partition } of records) await this.beforeSend(topic, partition);
    for (const { topic, partition, ...record } of records) this.put(topic, partition, record);
  }

  fetch(topic: string, partition: number, from: number): Promise<Batch> {
    const log = this.#at(topic, partition);
    if (from < log.start || from > log.records.length) {
      return Promise.reject(new Fault('OFFSET_OUT_OF_RANGE', `${from} is out of range`, { retryable: false }));
    }
    return Promise.resolve(this.#batch(topic, partition, from));
  }

  follow(request: FollowRequest): Following {
    const log = this.#at(request.topic, request.partition);
    const following = { next: request.from, busy: false, request };
    log.followings.add(following);
    if (request.from < log.start) {
      void Promise.resolve().then(() =>
        request.onEnd(new Fault('OFFSET_OUT_OF_RANGE', 'trimmed', { retryable: false })),
      );
    }
    this.#wake(request.topic, request.partition);
    return { close: () => void log.followings.delete(following) };
  }

  async offsets(topic: string, partition: number): Promise<LogOffsets> {
    await this.beforeOffsets(topic, partition);
    const log = this.#at(topic, partition);
    return { start: log.start, end: log.records.length };
  }

  own(request: OwnRequest): Promise<Ownership> {
    this.#owners.push(request);
    return Promise.resolve({
      owned: () => new Set<number>(),
      confirm: () => Promise.resolve(),
      announce: () => undefined,
      close: () => Promise.resolve(),
    });
  }
  work(): Promise<Working> {
    return Promise.reject(new Error('specs of the journal have no workers'));
  }

  commit(group: string, positions: readonly CommittedPosition[]): Promise<void> {
    for (const position of positions) this.committedOffsets.set(`${group} ${slot(position)}`, position);
    return Promise.resolve();
  }
  committed(group: string, partitions: readonly TopicPartition[]): Promise<readonly CommittedPosition[]> {
    return Promise.resolve(
      partitions.flatMap((at) => {
        const position = this.committedOffsets.get(`${group} ${slot(at)}`);
        return position === undefined ? [] : [position];
      }),
    );
  }

  createTopics(topics: readonly TopicSpec[]): Promise<void> {
    for (const { topic, partitions } of topics) this.topics.set(topic, partitions);
    return Promise.resolve();
  }
  describeTopics(topics: readonly string[]): Promise<ReadonlyMap<string, TopicDescription>> {
    const config = { cleanup: 'delete', retentionMs: -1, timestamps: 'append', maxMessageBytes: 1e7 } as const;
    return Promise.resolve(
      new Map(
        topics.flatMap((topic) => {
          const partitions = this.topics.get(topic);
          return partitions === undefined ? [] : [[topic, { partitions, config }] as const];
        }),
      ),
    );
  }
  async countPartitions(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return new Map([...(await this.describeTopics(topics))].map(([topic, { partitions }]) => [topic, partitions]));
  }
  listTopics(): Promise<readonly string[]> {
    return Promise.resolve([...this.topics.keys()]);
  }
  trim(topic: string, partition: number, before: number): Promise<void> {
    this.trims.push(`${topic}[${partition}] before ${before}`);
    const log = this.#at(topic, partition);
    log.start = Math.max(log.start, before);
    return Promise.resolve();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }

  #at(topic: string, partition: number): Partition {
    const key = slot({ topic, partition });
    let log = this.#partitions.get(key);
    if (log === undefined) {
      log = { records: [], start: 0, followings: new Set() };
      this.#partitions.set(key, log);
    }
    return log;
  }

  #batch(topic: string, partition: number, from: number): Batch {
    const log = this.#at(topic, partition);
    const highWatermark = log.records.length;
    const records = log.records.slice(from);
    return {
      topic,
      partition,
      records,
      nextOffset: highWatermark,
      highWatermark,
      logStart: log.start,
      lastStable: highWatermark,
    };
  }

  #wake(topic: string, partition: number): void {
    for (const following of this.#at(topic, partition).followings) {
      if (following.busy) continue;
      following.busy = true;
      void this.#deliver(topic, partition, following).finally(() => {
        following.busy = false;
      });
    }
  }

  async #deliver(
    topic: string,
    partition: number,
    following: { next: number; readonly request: FollowRequest },
  ): Promise<void> {
    const log = this.#at(topic, partition);
    await Promise.resolve();
    while (log.followings.has(following as never) && following.next < log.records.length) {
      const batch = this.#batch(topic, partition, following.next);
      following.next = batch.nextOffset;
      await following.request.onBatch(batch);
    }
  }
}

const slot = ({ topic, partition }: TopicPartition): string => `${topic}[${partition}]`;
