import { Fault } from '@partitura/model';
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
import type { Broker } from './broker.ts';
import { batchAt, SimulatedFollowing } from './following.ts';
import { slotOf } from './group.ts';
import { SimulatedOwnership, SimulatedWorking } from './memberships.ts';
import type { Nature } from './nature.ts';
import { adminRequest, appendRequest, readRequest, request, type RequestKind, sendRequest } from './network.ts';
import { copyOf, type PartitionLog, sizeOf } from './partition-log.ts';
import type { Process } from './process.ts';

/** The log as one process sees it. */
export class SimulatedLog implements Log {
  readonly #nature: Nature;
  readonly #broker: Broker;
  readonly #process: Process;
  /** Broker's time, epoch ms. */
  readonly #brokerTime: () => number;
  readonly #followings = new Set<SimulatedFollowing>();
  readonly #memberships = new Set<Ownership | Working>();
  /** Ends the waiting of fetches. */
  readonly #waiting = new Set<() => void>();
  #closed = false;

  constructor(nature: Nature, broker: Broker, process: Process, brokerTime: () => number) {
    this.#nature = nature;
    this.#broker = broker;
    this.#process = process;
    this.#brokerTime = brokerTime;
  }

  append(topic: string, partition: number, records: readonly LogRecord[]): Promise<Appended> {
    const copies = records.map(copyOf);
    const sentAt = this.#process.clock.now();
    return this.#request({ ...appendRequest, at: { topic, partition } }, () => {
      const log = this.#broker.log({ topic, partition });
      const { baseOffset, time } = this.#store(log, copies, sentAt);
      return { baseOffset, appendTime: log.config.timestamps === 'append' ? time : undefined };
    });
  }

  async send(records: readonly AddressedRecord[]): Promise<void> {
    const byPartition = new Map<string, { readonly at: TopicPartition; readonly records: LogRecord[] }>();
    for (const { topic, partition, ...record } of records) {
      const at = { topic, partition };
      const known = byPartition.get(slotOf(at));
      if (known) known.records.push(copyOf(record));
      else byPartition.set(slotOf(at), { at, records: [copyOf(record)] });
    }
    const sentAt = this.#process.clock.now();
    await Promise.all(
      [...byPartition.values()].map(async (part) => {
        const limit = this.#broker.log(part.at).config.maxMessageBytes;
        for (const batch of inBatches(part.records, limit)) {
          await this.#request(
            { ...sendRequest, at: part.at },
            () => void this.#store(this.#broker.log(part.at), batch, sentAt),
          );
        }
      }),
    );
  }

  async fetch(topic: string, partition: number, from: number, options: FetchOptions = {}): Promise<Batch> {
    const { maxBytes, maxWaitMs = 0, isolation = 'uncommitted' } = options;
    const at = { topic, partition };
    const read = (): Promise<Batch> =>
      this.#request(readRequest, () => batchAt(this.#nature, at, this.#broker.log(at), from, isolation, maxBytes));
    const first = await read();
    if (first.nextOffset > from || maxWaitMs <= 0) return first;
    this.#mustBeOpen();
    const stable = first.lastStable;
    await this.#change(this.#broker.log(at), (log) => log.end > from || log.lastStable > stable, maxWaitMs);
    return read();
  }

  follow(followed: FollowRequest): Following {
    const { isolation = 'uncommitted', ...rest } = followed;
    let log: PartitionLog;
    try {
      this.#mustBeOpen();
      log = this.#broker.log(followed);
    } catch (why) {
      let closed = false;
      this.#nature.agenda.plan(this.#nature.way(), () => this.#process.hear(() => closed || followed.onEnd(why)));
      return { close: () => (closed = true) };
    }
    const following = new SimulatedFollowing(this.#nature, this.#process, log, { ...rest, isolation });
    this.#followings.add(following);
    return following;
  }

  offsets(topic: string, partition: number): Promise<LogOffsets> {
    return this.#request(readRequest, () => {
      const { start, end } = this.#broker.log({ topic, partition });
      return { start, end };
    });
  }

  async own(own: OwnRequest): Promise<Ownership> {
    const group = this.#broker.group(own.group);
    const ownership = await this.#request(adminRequest, () => undefined).then(
      () => new SimulatedOwnership(group, this.#process, own),
    );
    this.#memberships.add(ownership);
    return ownership;
  }

  async work(work: WorkRequest): Promise<Working> {
    await this.#request(adminRequest, () => {
      for (const topic of work.topics) this.#broker.log({ topic, partition: 0 });
    });
    const working = new SimulatedWorking(this.#nature, this.#broker, this.#process, work);
    this.#memberships.add(working);
    return working;
  }

  commit(group: string, positions: readonly CommittedPosition[]): Promise<void> {
    return this.#request(adminRequest, () => {
      const committed = this.#broker.group(group);
      if (committed.hasMembers() && !committed.hasMemberOf(this.#process)) {
        throw new Fault('GROUP_HAS_MEMBERS', `group ${group} has members that commit for themselves`, {
          retryable: false,
        });
      }
      committed.commit(positions);
    });
  }

  committed(group: string, partitions: readonly TopicPartition[]): Promise<readonly CommittedPosition[]> {
    return this.#request(adminRequest, () =>
      partitions.flatMap((at) => {
        const position = this.#broker.group(group).committed(at);
        return position ? [position] : [];
      }),
    );
  }

  createTopics(topics: readonly TopicSpec[]): Promise<void> {
    return this.#request(adminRequest, () => this.#broker.create(topics));
  }
  describeTopics(topics: readonly string[]): Promise<ReadonlyMap<string, TopicDescription>> {
    return this.#request(adminRequest, () => this.#broker.describe(topics));
  }
  async countPartitions(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return new Map([...(await this.describeTopics(topics))].map(([topic, { partitions }]) => [topic, partitions]));
  }
  listTopics(): Promise<readonly string[]> {
    return this.#request(adminRequest, () => this.#broker.list());
  }
  trim(topic: string, partition: number, before: number): Promise<void> {
    return this.#request(adminRequest, () => this.#broker.log({ topic, partition }).trim(before));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const done of this.#waiting) done();
    for (const following of this.#followings) following.close();
    for (const membership of this.#memberships) await membership.close();
  }

  async #request<T>(kind: RequestKind, carryOut: () => T): Promise<T> {
    this.#mustBeOpen();
    return request(this.#nature, this.#process, kind, carryOut);
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new Fault('LOG_CLOSED', 'this log was closed', { retryable: false });
  }

  #store(log: PartitionLog, records: readonly LogRecord[], sentAt: number): { baseOffset: number; time: number } {
    const time = log.config.timestamps === 'append' ? this.#brokerTime() : sentAt;
    return { baseOffset: log.append(records, time), time };
  }

  /** Resolves once the condition may hold, at most after a while, or when this log closes. */
  #change(log: PartitionLog, holds: (log: PartitionLog) => boolean, maxWaitMs: number): Promise<void> {
    if (holds(log)) return Promise.resolve();
    return new Promise((resolve) => {
      const { agenda } = this.#nature;
      const done = (): void => {
        stopWaiting();
        stopTimer();
        this.#waiting.delete(done);
        agenda.plan(this.#nature.way(), () => this.#process.hear(resolve));
      };
      const stopWaiting = log.onChange(done);
      const stopTimer = agenda.plan(maxWaitMs, done);
      this.#waiting.add(done);
    });
  }
}

/** Batches of at most `limit` bytes; a record that is larger by itself is left to be refused. */
function* inBatches(records: readonly LogRecord[], limit: number): Generator<readonly LogRecord[]> {
  let batch: LogRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = sizeOf(record);
    if (batch.length > 0 && bytes + size > limit) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(record);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
