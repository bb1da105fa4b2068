import type { CommittedPosition, TopicConfig, TopicPartition } from '@partitura/log';
import { Defect, Fault } from '@partitura/model';
import { join } from 'node:path';
import { Partition, type Topic } from './partition.ts';

/** What the log says about itself, beside records. Facts are absolute: to apply one twice, or again, changes nothing. */
export type Fact =
  | {
      readonly fact: 'topic';
      readonly id: number;
      readonly name: string;
      readonly partitions: number;
      readonly config: TopicConfig;
    }
  | { readonly fact: 'trim'; readonly topicId: number; readonly partition: number; readonly before: number }
  | { readonly fact: 'commit'; readonly group: string; readonly positions: readonly CommittedPosition[] };

/** Topics, partitions and the positions of groups, as far as they are durable. */
export class Catalog {
  readonly #directory: string;
  readonly #byName = new Map<string, Topic>();
  readonly #byId = new Map<number, Topic>();
  /** Group → partition → position. */
  readonly #positions = new Map<string, Map<string, CommittedPosition>>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  apply(fact: Fact): void {
    switch (fact.fact) {
      case 'topic':
        this.#addTopic(fact);
        break;
      case 'trim':
        this.#byId.get(fact.topicId)?.partitions[fact.partition]?.trimTo(fact.before);
        break;
      case 'commit':
        for (const position of fact.positions) this.#setPosition(fact.group, position);
        break;
    }
  }

  #addTopic({ id, name, partitions, config }: Extract<Fact, { fact: 'topic' }>): void {
    if (this.#byId.has(id)) return;
    const directory = topicDirectory(this.#directory, id, name);
    const topic: Topic = {
      id,
      name,
      config,
      partitions: Array.from(
        { length: partitions },
        (_, number) => new Partition({ id, name, config }, number, join(directory, String(number))),
      ),
    };
    this.#byName.set(name, topic);
    this.#byId.set(id, topic);
  }

  #setPosition(group: string, position: CommittedPosition): void {
    let positions = this.#positions.get(group);
    if (positions === undefined) this.#positions.set(group, (positions = new Map<string, CommittedPosition>()));
    positions.set(keyOf(position), position);
  }

  get topics(): IterableIterator<Topic> {
    return this.#byId.values();
  }

  get groups(): IterableIterator<[string, ReadonlyMap<string, CommittedPosition>]> {
    return this.#positions.entries();
  }

  topic(name: string): Topic | undefined {
    return this.#byName.get(name);
  }

  /** As a frame names it; a frame that names nothing is damage or a defect of ours. */
  partitionById(topicId: number, number: number): Partition {
    const partition = this.#byId.get(topicId)?.partitions[number];
    if (partition === undefined) throw new Defect(`no partition ${String(number)} of topic ${String(topicId)}`);
    return partition;
  }

  partition(topic: string, number: number): Partition {
    const found = this.#byName.get(topic)?.partitions[number];
    if (found !== undefined) return found;
    const what = this.#byName.has(topic)
      ? `topic ${topic} has no partition ${String(number)}`
      : `there is no topic ${topic}`;
    throw new Fault('UNKNOWN_TOPIC', what, { retryable: false });
  }

  committed(group: string, partition: TopicPartition): CommittedPosition | undefined {
    return this.#positions.get(group)?.get(keyOf(partition));
  }
}

export const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}/${String(partition)}`;

export const topicsDirectory = (directory: string): string => join(directory, 'topics');
/** The number keeps names apart that a file system may take for one, and names beyond its limit. */
export const topicDirectory = (directory: string, id: number, name: string): string =>
  join(topicsDirectory(directory), `${String(id)}.${name.slice(0, 180)}`);
