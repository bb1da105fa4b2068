import type {
  AddressedRecord,
  Appended,
  Batch,
  CommittedPosition,
  FetchOptions,
  FollowRequest,
  Following,
  Log,
  LogOffsets,
  LogRecord,
  Ownership,
  OwnRequest,
  TopicDescription,
  TopicPartition,
  TopicSpec,
  Working,
  WorkRequest,
} from '@partitura/log';
import { Fault } from '@partitura/model';
import type { Fact } from './catalog.ts';
import { CommitLog, type CommitLogSettings } from './commit-log.ts';
import { Committer } from './committer.ts';
import type { DirectoryLock } from './directory-lock.ts';
import { Follower } from './follower.ts';
import type { FsyncGuard } from './fsync-guard.ts';
import { Groups } from './groups.ts';
import { Owner } from './ownership.ts';
import type { Partition } from './partition.ts';
import type { Recovered } from './recovery.ts';
import { assertTopicSpec, batchesOf, sizeOfBatch } from './topic-spec.ts';
import { Worker } from './worker.ts';

export interface EmbeddedLogParts extends CommitLogSettings {
  readonly guard: FsyncGuard;
  readonly lock: DirectoryLock;
  readonly onFatal: (message: string, cause: unknown) => void;
}

const fetchBytes = 1024 * 1024;

/** The log port over a directory: see the README for what is written where. */
export class EmbeddedLog implements Log {
  readonly #parts: EmbeddedLogParts;
  readonly #committer: Committer;
  readonly #commitLog: CommitLog;
  readonly #groups: Groups;
  /** Members and followings that must end with the log. */
  readonly #open = new Set<{ close(): unknown }>();
  /** Topics on their way to the disk. */
  readonly #creating = new Map<string, Promise<void>>();
  #nextTopicId = 1;
  #closing: Promise<void> | undefined;

  constructor(parts: EmbeddedLogParts, recovered: Recovered) {
    this.#parts = parts;
    const { catalog, clock } = parts;
    for (const { id } of catalog.topics) this.#nextTopicId = Math.max(this.#nextTopicId, id + 1);
    parts.guard.listener = (message, cause) => this.#committer.kill(message, cause);
    this.#commitLog = new CommitLog(parts, recovered);
    this.#committer = new Committer({
      clock,
      fileFor: (size) => this.#commitLog.fileFor(size),
      apply: (fact) => catalog.apply(fact),
      published: (partitions) => this.#commitLog.published(partitions),
      fatal: (message, cause) => {
        this.#commitLog.stop();
        parts.onFatal(message, cause);
      },
    });
    this.#groups = new Groups((topic) => catalog.topic(topic)?.partitions.length ?? 0);
  }

  async append(topic: string, partition: number, records: readonly LogRecord[]): Promise<Appended> {
    this.#assertOpen();
    const target = this.#parts.catalog.partition(topic, partition);
    const size = sizeOfBatch(target, records);
    return new Promise((resolve, reject) => {
      this.#committer.append(target, records, size, (fault, baseOffset, time) => {
        if (fault !== undefined) reject(fault);
        else resolve({ baseOffset, appendTime: target.config.timestamps === 'append' ? time : undefined });
      });
    });
  }

  async send(records: readonly AddressedRecord[]): Promise<void> {
    this.#assertOpen();
    const byPartition = new Map<Partition, AddressedRecord[]>();
    for (const record of records) {
      const target = this.#parts.catalog.partition(record.topic, record.partition);
      const same = byPartition.get(target);
      if (same === undefined) byPartition.set(target, [record]);
      else same.push(record);
    }
    // All is checked before anything is on its way.
    const batches = [...byPartition].map(([target, same]) => ({ target, batches: batchesOf(target, same) }));
    await this.#all((done) => {
      for (const { target, batches: parts } of batches) {
        for (const { records: part, size } of parts) this.#committer.append(target, part, size, done(), true);
      }
    });
  }

  async fetch(topic: string, partition: number, from: number, options: FetchOptions = {}): Promise<Batch> {
    this.#assertOpen();
    const source = this.#parts.catalog.partition(topic, partition);
    source.assertWithin(from);
    if (from === source.end && (options.maxWaitMs ?? 0) > 0) {
      await this.#nextOf(source, options.maxWaitMs ?? 0);
      this.#assertOpen();
      source.assertWithin(from);
    }
    const maxBytes = options.maxBytes ?? fetchBytes;
    return source.readRecent(from, maxBytes) ?? (await source.readSettled(from, maxBytes));
  }

  follow({ topic, partition, from, early = false, onBatch, onEnd }: FollowRequest): Following {
    let source: Partition;
    try {
      this.#assertOpen();
      source = this.#parts.catalog.partition(topic, partition);
    } catch (error) {
      let closed = false;
      queueMicrotask(() => {
        if (!closed) onEnd(error);
      });
      return { close: () => (closed = true) };
    }
    const follower = new Follower(source, this.#parts.clock, {
      from,
      onBatch,
      onEnd,
      early,
      whenTrimmed: 'end',
      onOver: (over) => this.#open.delete(over),
    });
    this.#open.add(follower);
    return follower;
  }

  async offsets(topic: string, partition: number): Promise<LogOffsets> {
    this.#assertOpen();
    const { start, end } = this.#parts.catalog.partition(topic, partition);
    return { start, end };
  }

  async own(request: OwnRequest): Promise<Ownership> {
    this.#assertOpen();
    this.#parts.catalog.partition(request.topic, request.count - 1);
    const owner: Owner = new Owner(this.#groups, request, () => this.#open.delete(owner));
    this.#open.add(owner);
    return owner;
  }

  async work(request: WorkRequest): Promise<Working> {
    this.#assertOpen();
    for (const topic of request.topics) this.#parts.catalog.partition(topic, 0);
    const host = {
      ...this.#parts,
      commit: (group: string, positions: readonly CommittedPosition[]) => this.commit(group, positions),
    };
    const worker: Worker = new Worker(host, this.#groups, request, () => this.#open.delete(worker));
    this.#open.add(worker);
    return worker;
  }

  /** All members live in this process, so a group with members never refuses. */
  async commit(group: string, positions: readonly CommittedPosition[]): Promise<void> {
    this.#assertOpen();
    for (const { topic, partition } of positions) this.#parts.catalog.partition(topic, partition);
    if (positions.length > 0) await this.#record({ fact: 'commit', group, positions: positions.map(copyOf) });
  }

  async committed(group: string, partitions: readonly TopicPartition[]): Promise<readonly CommittedPosition[]> {
    this.#assertOpen();
    return partitions.flatMap((partition) => this.#parts.catalog.committed(group, partition) ?? []);
  }

  async createTopics(topics: readonly TopicSpec[]): Promise<void> {
    this.#assertOpen();
    topics.forEach(assertTopicSpec);
    await Promise.all(topics.map((spec) => this.#createTopic(spec)));
  }

  async describeTopics(topics: readonly string[]): Promise<ReadonlyMap<string, TopicDescription>> {
    this.#assertOpen();
    const described = new Map<string, TopicDescription>();
    for (const name of topics) {
      const topic = this.#parts.catalog.topic(name);
      if (topic !== undefined) described.set(name, { partitions: topic.partitions.length, config: topic.config });
    }
    return described;
  }

  async countPartitions(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return new Map([...(await this.describeTopics(topics))].map(([topic, { partitions }]) => [topic, partitions]));
  }

  async listTopics(): Promise<readonly string[]> {
    this.#assertOpen();
    return Array.from(this.#parts.catalog.topics, ({ name }) => name);
  }

  async trim(topic: string, partition: number, before: number): Promise<void> {
    this.#assertOpen();
    const target = this.#parts.catalog.partition(topic, partition);
    if (before > target.end) target.assertWithin(before);
    if (before > target.start) await this.#record({ fact: 'trim', topicId: target.topicId, partition, before });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const open of [...this.#open]) open.close();
    for (const topic of this.#parts.catalog.topics) {
      for (const partition of topic.partitions) for (const waiting of [...partition.waiting]) waiting.logClosed();
    }
    await this.#committer.drain();
    await this.#commitLog.close();
    await this.#parts.lock.release();
  }

  #createTopic({ topic, partitions, config }: TopicSpec): Promise<void> {
    if (this.#parts.catalog.topic(topic) !== undefined) return Promise.resolve();
    let creating = this.#creating.get(topic);
    if (creating === undefined) {
      const { cleanup, retentionMs, timestamps, maxMessageBytes } = config;
      const fact = { cleanup, retentionMs, timestamps, maxMessageBytes };
      creating = this.#record({
        fact: 'topic',
        id: this.#nextTopicId++,
        name: topic,
        partitions,
        config: fact,
      }).finally(() => this.#creating.delete(topic));
      this.#creating.set(topic, creating);
    }
    return creating;
  }

  #record(fact: Fact): Promise<void> {
    return this.#all((done) => this.#committer.record(fact, done()));
  }

  /** Resolves when all that was begun is done; rejects with the first fault, after all are done. */
  #all(begin: (done: () => (fault: Fault | undefined) => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      let open = 1;
      let first: Fault | undefined;
      const done = (fault: Fault | undefined): void => {
        first ??= fault;
        if (--open > 0) return;
        if (first === undefined) resolve();
        else reject(first);
      };
      begin(() => {
        open++;
        return done;
      });
      done(undefined);
    });
  }

  /** Resolves when the partition has more, when the time is over or when the log is closed. */
  #nextOf(source: Partition, maxWaitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const over = (): void => {
        cancel();
        source.waiting.delete(waiting);
        resolve();
      };
      const waiting = { wake: over, logClosed: over };
      const cancel = this.#parts.clock.after(maxWaitMs, over);
      source.waiting.add(waiting);
    });
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) {
      throw new Fault('LOG_CLOSED', `the log in ${this.#parts.directory} was closed`, { retryable: false });
    }
  }
}

const copyOf = ({ topic, partition, offset, metadata }: CommittedPosition): CommittedPosition =>
  metadata === undefined ? { topic, partition, offset } : { topic, partition, offset, metadata };
