import type { Fault } from '@partitura/model';
import type { Cluster } from './connect/cluster.ts';
import { faultOf, KafkaCode, movedCodes } from './errors.ts';
import { byTopic } from './wire/by-topic.ts';

interface Asked {
  readonly topic: string;
  readonly partition: number;
  readonly resolve: (offset: number) => void;
  readonly reject: (fault: Fault) => void;
}

/** Starts or ends of partitions. What is asked for in one turn of the event loop goes in one request to each broker. */
export class OffsetLookUp {
  readonly #cluster: Cluster;
  readonly #timestamp: number;
  #asked: Asked[] = [];

  constructor(cluster: Cluster, which: 'start' | 'end') {
    this.#cluster = cluster;
    this.#timestamp = which === 'start' ? -2 : -1;
  }

  find(topic: string, partition: number): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.#asked.length === 0) setImmediate(() => void this.#askAll(this.#asked.splice(0)));
      this.#asked.push({ topic, partition, resolve, reject });
    });
  }

  async #askAll(asked: readonly Asked[]): Promise<void> {
    const byNode = new Map<number, Asked[]>();
    await Promise.all(
      asked.map(async (one) => {
        try {
          const node = await this.#cluster.leader(one.topic, one.partition);
          byNode.set(node, [...(byNode.get(node) ?? []), one]);
        } catch (error) {
          one.reject(error as Fault);
        }
      }),
    );
    for (const [node, ofNode] of byNode)
      this.#askNode(node, ofNode).catch((error: unknown) => {
        for (const one of ofNode) {
          this.#cluster.forget(one.topic);
          one.reject(error as Fault);
        }
      });
  }

  async #askNode(node: number, asked: readonly Asked[]): Promise<void> {
    const topics = [...byTopic(asked)].map(([topic, ofTopic]) => ({
      topic,
      // Several may ask for the same one, which may be named only once.
      partitions: [...new Set(ofTopic.map((one) => one.partition))].map((partition) => ({
        partition,
        timestamp: this.#timestamp,
      })),
    }));
    const { responses } = await this.#cluster.askNode(node, 'main', 'ListOffsets', { isolationLevel: 0, topics });
    const found = new Map(
      responses.flatMap(({ topic, partitions }) =>
        partitions.map((p): [string, typeof p] => [`${topic}/${p.partition}`, p]),
      ),
    );
    for (const { topic, partition, resolve, reject } of asked) {
      const name = `${topic}/${partition}`;
      const answer = found.get(name);
      const code = answer?.errorCode ?? KafkaCode.networkException;
      if (answer !== undefined && code === 0) {
        resolve(Number(answer.offset));
        continue;
      }
      if (movedCodes.has(code) || code === KafkaCode.unknownTopicOrPartition) this.#cluster.forget(topic);
      reject(faultOf(code, `offsets of ${name}`));
    }
  }
}
