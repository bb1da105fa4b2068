import { Fault } from '@partitura/model';
import type { TopicDescription, TopicPartition, TopicSpec } from '@partitura/log';
import { unknownTopic } from './following.ts';
import { Group } from './group.ts';
import type { Nature } from './nature.ts';
import { PartitionLog } from './partition-log.ts';

/** What the world keeps when processes die: partitions and groups. */
export class Broker {
  readonly #nature: Nature;
  readonly #topics = new Map<string, { readonly logs: readonly PartitionLog[]; readonly spec: TopicSpec }>();
  readonly #groups = new Map<string, Group>();

  constructor(nature: Nature) {
    this.#nature = nature;
  }

  create(specs: readonly TopicSpec[]): void {
    for (const spec of specs) {
      if (this.#topics.has(spec.topic)) continue;
      if (!Number.isSafeInteger(spec.partitions) || spec.partitions < 1) {
        throw new Fault('UNAVAILABLE', `${spec.topic} cannot have ${spec.partitions} partitions`, { retryable: false });
      }
      const logs = Array.from({ length: spec.partitions }, () => new PartitionLog(spec.config));
      this.#topics.set(spec.topic, { logs, spec });
    }
  }

  describe(topics: readonly string[]): ReadonlyMap<string, TopicDescription> {
    return new Map(
      topics.flatMap((name) => {
        const topic = this.#topics.get(name);
        return topic ? [[name, { partitions: topic.spec.partitions, config: topic.spec.config }] as const] : [];
      }),
    );
  }

  list(): readonly string[] {
    return [...this.#topics.keys()];
  }

  log(at: TopicPartition): PartitionLog {
    const log = this.#topics.get(at.topic)?.logs[at.partition];
    if (!log) throw unknownTopic(at.topic, at.partition);
    return log;
  }

  partitions(topic: string): readonly TopicPartition[] {
    const count = this.#topics.get(topic)?.logs.length ?? 0;
    return Array.from({ length: count }, (_, partition) => ({ topic, partition }));
  }

  group(name: string): Group {
    let group = this.#groups.get(name);
    if (!group) this.#groups.set(name, (group = new Group(this.#nature)));
    return group;
  }

  groups(): readonly Group[] {
    return [...this.#groups.values()];
  }
}
