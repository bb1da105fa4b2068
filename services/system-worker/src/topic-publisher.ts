import type { Log } from '@partitura/log';
import { partitionOfKey } from '@partitura/wire';

export interface OutgoingRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array;
  readonly headers?: Readonly<Record<string, Uint8Array>>;
}

const topicsKept = 1_000;

/** Sends records to topics of a cluster, to the partition to which Kafka's own clients would send their keys. */
export class TopicPublisher {
  readonly #log: Log;
  readonly #partitions = new Map<string, number>();
  #next = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Resolves when the record is durable. Rejects with the faults of the log, and with a sentence for unknown topics. */
  async publish(topic: string, record: OutgoingRecord): Promise<void> {
    const partitions = this.#partitions.get(topic) ?? (await this.#look(topic));
    try {
      await this.#log.send([{ topic, partition: this.#partitionFor(record.key, partitions), ...record }]);
    } catch (error) {
      this.#partitions.delete(topic);
      throw error;
    }
  }

  #partitionFor(key: Uint8Array | null, partitions: number): number {
    return key === null ? this.#next++ % partitions : partitionOfKey(key, partitions);
  }

  async #look(topic: string): Promise<number> {
    const found = (await this.#log.countPartitions([topic])).get(topic);
    if (found === undefined) throw new Error(`there is no topic ${topic}`);
    if (this.#partitions.size >= topicsKept) this.#partitions.clear();
    this.#partitions.set(topic, found);
    return found;
  }
}
