import type {
  AddressedRecord,
  Appended,
  Batch,
  CommittedPosition,
  FetchOptions,
  Following,
  FollowRequest,
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
import { Cluster } from './connect/cluster.ts';
import { logClosed } from './errors.ts';
import type { Credentials, GroupSettings } from './group/role.ts';
import { KafkaOwnership } from './group/ownership.ts';
import { Positions } from './group/positions.ts';
import { KafkaWorking } from './group/working.ts';
import type { KafkaLogOptions, Notify } from './options.ts';
import { Producer } from './produce/producer.ts';
import { Reader } from './read/reader.ts';
import { Topics } from './topics.ts';

/** Opens a log on a Kafka cluster. Rejects with UNAVAILABLE when no broker answers. */
export async function openKafkaLog(options: KafkaLogOptions): Promise<Log> {
  const log = new KafkaLog(options);
  try {
    await log.listTopics();
    return log;
  } catch (error) {
    await log.close();
    throw error;
  }
}

interface Membership {
  readonly credentials: Credentials | undefined;
  readonly isOver: boolean;
  close(): Promise<void>;
}

class KafkaLog implements Log {
  readonly #cluster: Cluster;
  readonly #producer: Producer;
  readonly #reader: Reader;
  readonly #topics: Topics;
  readonly #positions: Positions;
  readonly #settings: GroupSettings;
  readonly #notify: Notify;
  readonly #memberships = new Map<Membership, string>();
  #closed: Promise<void> | undefined;

  constructor(options: KafkaLogOptions) {
    // What brokers take for metrics and quotas.
    const clientId = (options.clientId ?? 'partitura').replaceAll(/[^\w.-]/g, '-').slice(0, 200);
    this.#notify = options.notify ?? (() => undefined);
    this.#settings = {
      sessionMs: options.sessionMs ?? 10_000,
      rebalanceMs: options.rebalanceMs ?? 10_000,
      heartbeatMs: options.heartbeatMs ?? 500,
    };
    this.#cluster = new Cluster(options, this.#notify);
    this.#producer = new Producer(this.#cluster, clientId, options.onCarried);
    this.#reader = new Reader(this.#cluster, clientId, this.#notify, options.onCarried);
    this.#topics = new Topics(this.#cluster);
    this.#positions = new Positions(this.#cluster);
  }

  async append(topic: string, partition: number, records: readonly LogRecord[]): Promise<Appended> {
    this.#mustBeOpen();
    return this.#producer.append(topic, partition, records);
  }

  async send(records: readonly AddressedRecord[]): Promise<void> {
    this.#mustBeOpen();
    return this.#producer.send(records);
  }

  async fetch(topic: string, partition: number, from: number, options?: FetchOptions): Promise<Batch> {
    this.#mustBeOpen();
    return this.#reader.fetch(topic, partition, from, options);
  }

  follow(request: FollowRequest): Following {
    return this.#reader.follow(request);
  }

  async offsets(topic: string, partition: number): Promise<LogOffsets> {
    this.#mustBeOpen();
    return this.#topics.offsets(topic, partition);
  }

  async own(request: OwnRequest): Promise<Ownership> {
    this.#mustBeOpen();
    return this.#join(request.group, new KafkaOwnership(this.#cluster, request, this.#settings, this.#notify));
  }

  async work(request: WorkRequest): Promise<Working> {
    this.#mustBeOpen();
    const working = new KafkaWorking(request, this.#settings, {
      cluster: this.#cluster,
      reader: this.#reader,
      committed: (group, partitions) => this.#positions.committed(group, partitions),
      commit: (group, positions, as) => this.#positions.commit(group, positions, as),
      start: async (topic, partition) => (await this.#topics.offsets(topic, partition)).start,
      notify: this.#notify,
    });
    return this.#join(request.group, working);
  }

  async #join<M extends Membership & { start(): Promise<void> }>(group: string, membership: M): Promise<M> {
    for (const past of this.#memberships.keys()) if (past.isOver) this.#memberships.delete(past);
    this.#memberships.set(membership, group);
    try {
      await membership.start();
      this.#mustBeOpen();
      return membership;
    } catch (error) {
      this.#memberships.delete(membership);
      await membership.close();
      throw error;
    }
  }

  async commit(group: string, positions: readonly CommittedPosition[]): Promise<void> {
    this.#mustBeOpen();
    for (const [{ credentials }, of] of this.#memberships)
      if (of === group && credentials !== undefined) return this.#positions.commit(group, positions, credentials);
    return this.#positions.commit(group, positions);
  }

  async committed(group: string, partitions: readonly TopicPartition[]): Promise<readonly CommittedPosition[]> {
    this.#mustBeOpen();
    return this.#positions.committed(group, partitions);
  }

  async createTopics(topics: readonly TopicSpec[]): Promise<void> {
    this.#mustBeOpen();
    return this.#topics.create(topics);
  }

  async describeTopics(topics: readonly string[]): Promise<ReadonlyMap<string, TopicDescription>> {
    this.#mustBeOpen();
    return this.#topics.describe(topics);
  }

  async countPartitions(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    this.#mustBeOpen();
    return this.#cluster.partitionCounts(topics);
  }

  async listTopics(): Promise<readonly string[]> {
    this.#mustBeOpen();
    return this.#topics.list();
  }

  async trim(topic: string, partition: number, before: number): Promise<void> {
    this.#mustBeOpen();
    return this.#topics.trim(topic, partition, before);
  }

  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    this.#reader.close();
    await Promise.all([...this.#memberships.keys()].map((membership) => membership.close()));
    this.#producer.close();
    this.#cluster.close();
  }

  #mustBeOpen(): void {
    if (this.#closed !== undefined) throw logClosed();
  }
}
