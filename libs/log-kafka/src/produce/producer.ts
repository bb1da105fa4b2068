import type { AddressedRecord, Appended, LogRecord } from '@partitura/log';
import type { Fault } from '@partitura/model';
import type { Cluster } from '../connect/cluster.ts';
import type { OnCarried } from '../options.ts';
import { byTopic } from '../wire/by-topic.ts';
import type { PartitionAck } from '../wire/produce.ts';
import { batchOverhead, recordSize } from '../wire/record-batch.ts';
import { ProduceQueue } from './produce-queue.ts';

/** Appends and sends, to whichever broker leads. */
export class Producer {
  readonly #cluster: Cluster;
  readonly #clientId: string;
  readonly #onCarried: OnCarried | undefined;
  readonly #queues = new Map<number, ProduceQueue>();

  constructor(cluster: Cluster, clientId: string, onCarried: OnCarried | undefined) {
    this.#cluster = cluster;
    this.#clientId = clientId;
    this.#onCarried = onCarried;
  }

  async append(topic: string, partition: number, records: readonly LogRecord[]): Promise<Appended> {
    if (records.length === 0) throw new RangeError('an append needs at least one record');
    const ack = await this.#add(topic, partition, await this.#leader(topic, partition), records, sizeOf(records), true);
    return { baseOffset: ack.baseOffset, appendTime: ack.appendTime < 0 ? undefined : ack.appendTime };
  }

  async send(records: readonly AddressedRecord[]): Promise<void> {
    const sends: Promise<unknown>[] = [];
    for (const [topic, ofTopic] of byTopic(records)) {
      const partitions = new Map<number, AddressedRecord[]>();
      for (const record of ofTopic) {
        const group = partitions.get(record.partition);
        if (group === undefined) partitions.set(record.partition, [record]);
        else group.push(record);
      }
      for (const [partition, group] of partitions) sends.push(this.#sendTo(topic, partition, group));
    }
    await allSettledOrFirstFault(sends);
  }

  close(): void {
    for (const queue of this.#queues.values()) queue.close();
  }

  /** In chunks that a batch can take; they stay in order, as the queue has one batch of a partition under way. */
  async #sendTo(topic: string, partition: number, records: readonly LogRecord[]): Promise<void> {
    const leader = await this.#leader(topic, partition);
    const limit = this.#queueOf(leader).joinedBytes(topic);
    const chunks: Promise<unknown>[] = [];
    let chunk: LogRecord[] = [];
    let bytes = 0;
    for (const record of records) {
      const size = recordSize(record);
      if (chunk.length > 0 && bytes + size > limit) {
        chunks.push(this.#add(topic, partition, leader, chunk, bytes, false));
        chunk = [];
        bytes = 0;
      }
      chunk.push(record);
      bytes += size;
    }
    chunks.push(this.#add(topic, partition, leader, chunk, bytes, false));
    await allSettledOrFirstFault(chunks);
  }

  #add(
    topic: string,
    partition: number,
    leader: number,
    records: readonly LogRecord[],
    bytes: number,
    whole: boolean,
  ): Promise<PartitionAck> {
    return new Promise<PartitionAck>((resolve, reject: (fault: Fault) => void) => {
      this.#queueOf(leader).add(topic, partition, { records, bytes, whole, resolve, reject });
    });
  }

  #leader(topic: string, partition: number): number | Promise<number> {
    return this.#cluster.leaderAtHand(topic, partition) ?? this.#cluster.leader(topic, partition);
  }

  #queueOf(node: number): ProduceQueue {
    let queue = this.#queues.get(node);
    if (queue === undefined) {
      queue = new ProduceQueue(this.#cluster, node, this.#clientId, this.#onCarried);
      this.#queues.set(node, queue);
    }
    return queue;
  }
}

function sizeOf(records: readonly LogRecord[]): number {
  return records.reduce((sum, record) => sum + recordSize(record), batchOverhead);
}

/** Waits for all, so that nothing is under way any more when the first fault is told. */
async function allSettledOrFirstFault(promises: readonly Promise<unknown>[]): Promise<void> {
  if (promises.length === 1) {
    await promises[0];
    return;
  }
  for (const outcome of await Promise.allSettled(promises))
    if (outcome.status === 'rejected') throw outcome.reason as Fault;
}
