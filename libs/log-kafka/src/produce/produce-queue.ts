import type { LogRecord } from '@partitura/log';
import { Fault } from '@partitura/model';
import type { Cluster } from '../connect/cluster.ts';
import { appendFaultOf, KafkaCode, logClosed, movedCodes, unavailable } from '../errors.ts';
import type { OnCarried } from '../options.ts';
import { produceFrame, readAcks, type PartitionAck } from '../wire/produce.ts';

/** Records that wait for their place in a request. */
export interface Waiting {
  readonly records: readonly LogRecord[];
  readonly bytes: number;
  /** Must be a batch of its own, neither split nor joined with others. */
  readonly whole: boolean;
  readonly resolve: (ack: PartitionAck) => void;
  readonly reject: (fault: Fault) => void;
}

interface PartitionQueue {
  readonly topic: string;
  readonly partition: number;
  waiting: Waiting[];
  inFlight: boolean;
}

interface Part {
  readonly queue: PartitionQueue;
  readonly members: readonly Waiting[];
  readonly records: readonly LogRecord[];
}

/** Requests under way to one broker at a time, each on a connection of its own. */
const laneCount = 2;
const requestBytes = 8_388_608;
const joinedBytes = 786_432;
/** How long the broker waits for its replicas; below the time-out of the request. */
const replicaMs = 10_000;

/**
 * Appends to the partitions that one broker leads. While all lanes are busy what comes gathers, and goes with the next
 * request: batches grow with load and nothing waits for a timer. A partition is in one request at a time, so its
 * records keep their order.
 */
export class ProduceQueue {
  readonly #cluster: Cluster;
  readonly #node: number;
  readonly #clientId: string;
  readonly #onCarried: OnCarried | undefined;
  readonly #queues = new Map<string, Map<number, PartitionQueue>>();
  readonly #ready = new Set<PartitionQueue>();
  readonly #freeLanes = Array.from({ length: laneCount }, (_, i) => `produce-${i}`);
  /** Largest joined batch that is worth trying, where a topic's limit was met. */
  readonly #joinedBytesOf = new Map<string, number>();
  #scheduled = false;
  #closed = false;

  constructor(cluster: Cluster, node: number, clientId: string, onCarried?: OnCarried) {
    this.#cluster = cluster;
    this.#node = node;
    this.#clientId = clientId;
    this.#onCarried = onCarried;
  }

  add(topic: string, partition: number, waiting: Waiting): void {
    if (this.#closed) {
      waiting.reject(logClosed());
      return;
    }
    const queue = this.#queueOf(topic, partition);
    queue.waiting.push(waiting);
    if (!queue.inFlight) this.#ready.add(queue);
    this.#schedule();
  }

  /** What is the most that should be tried to be appended to a topic at once, in bytes. */
  joinedBytes(topic: string): number {
    return this.#joinedBytesOf.get(topic) ?? joinedBytes;
  }

  close(): void {
    this.#closed = true;
    for (const queue of this.#ready) for (const { reject } of queue.waiting) reject(logClosed());
    this.#ready.clear();
  }

  #queueOf(topic: string, partition: number): PartitionQueue {
    let partitions = this.#queues.get(topic);
    if (partitions === undefined) this.#queues.set(topic, (partitions = new Map<number, PartitionQueue>()));
    let queue = partitions.get(partition);
    if (queue === undefined) partitions.set(partition, (queue = { topic, partition, waiting: [], inFlight: false }));
    return queue;
  }

  /** At the end of this turn of the event loop, so that all of the turn goes together. */
  #schedule(): void {
    if (this.#scheduled || this.#freeLanes.length === 0 || this.#ready.size === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#dispatch();
    });
  }

  #dispatch(): void {
    while (this.#ready.size > 0) {
      const lane = this.#freeLanes.pop();
      if (lane === undefined) return;
      const parts = this.#takeParts();
      void this.#exchange(lane, parts).finally(() => {
        this.#freeLanes.push(lane);
        this.#schedule();
      });
    }
  }

  #takeParts(): Part[] {
    const parts: Part[] = [];
    let total = 0;
    for (const queue of this.#ready) {
      const members = this.#takeMembers(queue);
      queue.inFlight = true;
      this.#ready.delete(queue);
      const [first] = members;
      const records = members.length === 1 && first !== undefined ? first.records : members.flatMap((m) => m.records);
      parts.push({ queue, members, records });
      total += members.reduce((sum, member) => sum + member.bytes, 0);
      if (total >= requestBytes) break;
    }
    return parts;
  }

  #takeMembers(queue: PartitionQueue): Waiting[] {
    const limit = this.joinedBytes(queue.topic);
    let count = 0;
    let bytes = 0;
    for (const next of queue.waiting) {
      if (count > 0 && (next.whole || bytes + next.bytes > limit)) break;
      count++;
      bytes += next.bytes;
      if (next.whole) break;
    }
    return queue.waiting.splice(0, count);
  }

  async #exchange(lane: string, parts: readonly Part[]): Promise<void> {
    try {
      const batches = parts.map(({ queue, records }) => ({ topic: queue.topic, partition: queue.partition, records }));
      const frame = produceFrame(this.#clientId, batches, Date.now(), replicaMs);
      const acks = readAcks(await this.#cluster.exchange(this.#node, lane, frame));
      this.#onCarried?.(
        'appended',
        parts.reduce((sum, part) => sum + part.records.length, 0),
      );
      for (const part of parts) this.#settle(part, acks);
    } catch (error) {
      const fault = error instanceof Fault ? error : unavailable('produce failed', error);
      for (const { queue, members } of parts) {
        this.#cluster.forget(queue.topic);
        for (const { reject } of members) reject(fault);
      }
    } finally {
      for (const { queue } of parts) {
        queue.inFlight = false;
        if (queue.waiting.length > 0) this.#ready.add(queue);
      }
    }
  }

  #settle({ queue, members }: Part, acks: readonly PartitionAck[]): void {
    const { topic, partition } = queue;
    const where = `append to ${topic}/${partition}`;
    const ack = acks.find((a) => a.partition === partition && a.topic === topic);
    const code = ack?.errorCode ?? KafkaCode.networkException;
    if (ack !== undefined && code === 0) {
      for (const { resolve } of members) resolve(ack);
      return;
    }
    if (movedCodes.has(code) || code === KafkaCode.unknownTopicOrPartition) this.#cluster.forget(topic);
    const tooLarge = code === KafkaCode.messageTooLarge || code === KafkaCode.recordListTooLarge;
    const [first] = members;
    if (tooLarge && first?.whole === false && (members.length > 1 || first.records.length > 1)) {
      this.#splitAndRepeat(queue, members);
      return;
    }
    const fault = appendFaultOf(code, where);
    for (const { reject } of members) reject(fault);
  }

  /** The topic takes less than we joined: the same records again, in smaller batches from now on. */
  #splitAndRepeat(queue: PartitionQueue, members: readonly Waiting[]): void {
    const tried = members.reduce((sum, member) => sum + member.bytes, 0);
    this.#joinedBytesOf.set(queue.topic, Math.ceil(Math.min(tried, this.joinedBytes(queue.topic)) / 2));
    const again = members.length > 1 ? members : members.flatMap(halves);
    queue.waiting.unshift(...again);
  }
}

/** Two that together settle what one stood for. */
function halves(waiting: Waiting): Waiting[] {
  const middle = waiting.records.length >> 1;
  let left = 2;
  const part = (records: readonly LogRecord[]): Waiting => ({
    ...waiting,
    records,
    bytes: Math.ceil(waiting.bytes / 2),
    resolve: (ack) => {
      if (--left === 0) waiting.resolve(ack);
    },
  });
  return [part(waiting.records.slice(0, middle)), part(waiting.records.slice(middle))];
}
