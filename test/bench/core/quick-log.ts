import type {
  AddressedRecord,
  Appended,
  Batch,
  Following,
  FollowRequest,
  Log,
  LogRecord,
  OwnRequest,
  StoredRecord,
  TopicDescription,
  TopicSpec,
} from '@partitura/log';
import { Fault } from '@partitura/model';

interface Partition {
  records: StoredRecord[];
  /** Offset of the first record that is still there. */
  start: number;
  following: { next: number; busy: boolean; readonly request: FollowRequest } | undefined;
}

const config = { cleanup: 'delete', retentionMs: -1, timestamps: 'append', maxMessageBytes: 1e8 } as const;

/**
 * A log that costs next to nothing: one turn of the event loop for an acknowledgement, and another one for a delivery, so
 * that batches form as they do elsewhere. What is sent is handed to the load; only the partitions that the runtime itself
 * reads are kept, and only as long as it has to read them.
 */
export class QuickLog implements Pick<Log, keyof Log> {
  readonly #topics = new Map<string, number>();
  readonly #partitions = new Map<string, Partition>();
  readonly #sent: (records: readonly AddressedRecord[]) => void;
  readonly #kept: string | undefined;

  /**
   * @param sent Hears of everything that is not appended to a partition by its number.
   * @param kept A topic whose records stay.
   */
  constructor(sent: (records: readonly AddressedRecord[]) => void, kept?: string) {
    this.#sent = sent;
    this.#kept = kept;
  }

  records(topic: string): readonly StoredRecord[] {
    return this.#at(topic).records;
  }

  /** Appends as somebody outside does. */
  put(topic: string, record: LogRecord): void {
    this.#add(topic, [record]);
  }

  append(topic: string, _partition: number, records: readonly LogRecord[]): Promise<Appended> {
    const baseOffset = this.#add(topic, records);
    return new Promise((resolve) => setImmediate(() => resolve({ baseOffset, appendTime: Date.now() })));
  }

  send(records: readonly AddressedRecord[]): Promise<void> {
    return new Promise((resolve) =>
      setImmediate(() => {
        this.#sent(records);
        resolve();
      }),
    );
  }

  fetch(topic: string, partition: number, from: number): Promise<Batch> {
    return Promise.resolve(this.#batch(topic, partition, from));
  }

  follow(request: FollowRequest): Following {
    const at = this.#at(request.topic);
    at.following = { next: request.from, busy: false, request };
    this.#deliver(request.topic, at);
    return { close: () => (at.following = undefined) };
  }

  offsets(topic: string): Promise<{ start: number; end: number }> {
    const { start, records } = this.#at(topic);
    return Promise.resolve({ start, end: start + records.length });
  }

  own(request: OwnRequest): ReturnType<Log['own']> {
    setImmediate(() => request.onAcquire(0));
    return Promise.resolve({
      owned: () => new Set([0]),
      confirm: () => Promise.resolve(),
      announce: () => undefined,
      close: () => Promise.resolve(),
    });
  }

  work(): ReturnType<Log['work']> {
    return Promise.reject(new Fault('UNAVAILABLE', 'the load is handed what is sent', { retryable: false }));
  }

  commit(): Promise<void> {
    return Promise.resolve();
  }
  committed(): ReturnType<Log['committed']> {
    return Promise.resolve([]);
  }
  createTopics(topics: readonly TopicSpec[]): Promise<void> {
    for (const { topic, partitions } of topics) this.#topics.set(topic, partitions);
    return Promise.resolve();
  }
  describeTopics(topics: readonly string[]): Promise<ReadonlyMap<string, TopicDescription>> {
    const described = topics.map((topic) => [topic, { partitions: this.#topics.get(topic) ?? 1, config }] as const);
    return Promise.resolve(new Map(described));
  }
  countPartitions(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return Promise.resolve(new Map(topics.map((topic) => [topic, this.#topics.get(topic) ?? 1])));
  }
  listTopics(): Promise<readonly string[]> {
    return Promise.resolve([...this.#topics.keys()]);
  }
  trim(): Promise<void> {
    return Promise.resolve();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }

  #at(topic: string): Partition {
    let at = this.#partitions.get(topic);
    if (at === undefined) this.#partitions.set(topic, (at = { records: [], start: 0, following: undefined }));
    return at;
  }

  #add(topic: string, records: readonly LogRecord[]): number {
    const at = this.#at(topic);
    const base = at.start + at.records.length;
    const timestamp = Date.now();
    if (at.following === undefined && topic !== this.#kept && topic.endsWith('journal')) {
      at.start += records.length;
      return base;
    }
    for (const { key, value } of records) {
      at.records.push({ key, value, offset: at.start + at.records.length, timestamp });
    }
    this.#deliver(topic, at);
    return base;
  }

  #batch(topic: string, partition: number, from: number): Batch {
    const { start, records } = this.#at(topic);
    const end = start + records.length;
    const found = records.slice(from - start);
    return { topic, partition, records: found, nextOffset: end, highWatermark: end, logStart: start, lastStable: end };
  }

  #deliver(topic: string, at: Partition): void {
    const { following } = at;
    if (following === undefined || following.busy || following.next >= at.start + at.records.length) return;
    following.busy = true;
    setImmediate(() => {
      const batch = this.#batch(topic, following.request.partition, following.next);
      following.next = batch.nextOffset;
      at.start = batch.nextOffset;
      at.records = [];
      void Promise.resolve(following.request.onBatch(batch)).then(() => {
        following.busy = false;
        this.#deliver(topic, at);
      });
    });
  }
}
