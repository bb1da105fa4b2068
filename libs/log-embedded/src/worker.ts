import type { Batch, Clock, CommittedPosition, TopicPartition, Working, WorkRequest } from '@partitura/log';
import { Fault } from '@partitura/model';
import { randomUUID } from 'node:crypto';
import { keyOf, type Catalog } from './catalog.ts';
import { Follower } from './follower.ts';
import type { Group, GroupMember, Groups } from './groups.ts';

export interface WorkerHost {
  readonly clock: Clock;
  readonly catalog: Catalog;
  commit(group: string, positions: readonly CommittedPosition[]): Promise<void>;
}

/** A member of a consumer group: follows each partition that it holds from the committed position on. */
export class Worker implements Working, GroupMember {
  readonly name = randomUUID();
  readonly topics: ReadonlySet<string>;
  readonly #host: WorkerHost;
  readonly #request: WorkRequest;
  readonly #group: Group;
  readonly #onClose: () => void;
  readonly #lanes = new Map<string, Lane>();
  #closed = false;

  constructor(host: WorkerHost, groups: Groups, request: WorkRequest, onClose: () => void) {
    this.topics = new Set(request.topics);
    this.#host = host;
    this.#request = request;
    this.#onClose = onClose;
    this.#group = groups.join(request.group, this);
  }

  async commit(positions: readonly CommittedPosition[]): Promise<void> {
    const strange = positions.find((position) => !this.#group.holds(this, position));
    if (strange !== undefined) {
      throw new Fault('NOT_A_MEMBER', `${keyOf(strange)} was taken away from this member of ${this.#request.group}`, {
        retryable: false,
      });
    }
    await this.#host.commit(this.#request.group, positions);
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#lanes.get(keyOf(partition))?.follower.pause();
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#lanes.get(keyOf(partition))?.follower.resume();
  }

  close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#group.leave(this);
      this.#onClose();
    }
    return Promise.resolve();
  }

  lose(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) {
      this.#lanes.get(keyOf(partition))?.end();
      this.#lanes.delete(keyOf(partition));
    }
    if (partitions.length > 0) this.#request.onRevoked?.(partitions);
  }

  take(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#lanes.set(keyOf(partition), this.#laneOf(partition));
  }

  balanced(): void {
    // Whoever works on queues does not ask who else does.
  }

  #laneOf({ topic, partition }: TopicPartition): Lane {
    const source = this.#host.catalog.partition(topic, partition);
    const committed = this.#host.catalog.committed(this.#request.group, { topic, partition })?.offset;
    const from =
      committed === undefined || committed < source.start || committed > source.end ? source.start : committed;
    const lane = new Lane();
    lane.follower = new Follower(source, this.#host.clock, {
      from,
      whenTrimmed: 'earliest',
      onBatch: (batch) => this.#hand(lane, batch),
      onEnd: (why) => this.#end(why),
      onOver: () => lane.end(),
    });
    return lane;
  }

  #hand(lane: Lane, { topic, partition, records }: Batch): Promise<void> | undefined {
    if (records.length === 0) return undefined;
    return this.#request.onBatch({ topic, partition, records, isCurrent: () => lane.current });
  }

  #end(why: unknown): void {
    if (this.#closed) return;
    void this.close();
    this.#request.onEnd(why);
  }
}

/** One partition in the hands of one member, from the moment it is given to the moment it is taken away. */
class Lane {
  current = true;
  follower!: Follower;

  end(): void {
    if (!this.current) return;
    this.current = false;
    this.follower.close();
  }
}
