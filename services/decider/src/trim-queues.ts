import type { Clock, Log, TopicPartition } from '@partitura/log';
import { groupNames } from '@partitura/wire';

export interface QueueTrimmerOptions {
  readonly log: Pick<Log, 'listTopics' | 'countPartitions' | 'committed' | 'trim'>;
  readonly clock: Clock;
  readonly namespace: string;
  /** One process of the installation is enough. */
  readonly isResponsible: () => boolean;
  readonly everyMs: number;
  readonly onTrouble: (topic: string, why: unknown) => void;
}

/** Hand-overs that are done and stay: fewer are not worth a request. */
export const doneKept = 250;

/**
 * Forgets hand-overs that are done: nobody reads below the position that a queue's group has committed. Nothing else ever
 * removes them, since what is owed is not deleted by time.
 */
export class QueueTrimmer {
  readonly #options: QueueTrimmerOptions;
  readonly #trimmed = new Map<string, number>();
  #cancel: () => void = () => undefined;
  #running: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: QueueTrimmerOptions) {
    this.#options = options;
    this.#again();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    await this.#running;
  }

  #again(): void {
    if (this.#closed) return;
    this.#cancel = this.#options.clock.after(this.#options.everyMs, () => {
      this.#running = this.#run().finally(() => this.#again());
    });
  }

  async #run(): Promise<void> {
    const { log, namespace, isResponsible, onTrouble } = this.#options;
    if (!isResponsible()) return;
    const queues = await this.#queues().catch((why: unknown) => {
      onTrouble(`${namespace}.tasks.*`, why);
      return [];
    });
    for (const { group, partitions } of queues) {
      if (this.#closed) return;
      try {
        const done = await log.committed(group, partitions);
        await Promise.all(done.map(({ topic, partition, offset }) => this.#trim(topic, partition, offset)));
      } catch (why) {
        onTrouble(partitions[0]?.topic ?? group, why);
      }
    }
  }

  async #queues(): Promise<readonly { readonly group: string; readonly partitions: readonly TopicPartition[] }[]> {
    const { log, namespace } = this.#options;
    const groups = groupNames(namespace);
    const found = new Map<string, string>();
    for (const topic of await log.listTopics()) {
      const group = groups.ofTaskTopic(topic);
      if (group !== undefined) found.set(topic, group);
    }
    const counts = await log.countPartitions([...found.keys()]);
    return [...found].map(([topic, group]) => ({
      group,
      partitions: Array.from({ length: counts.get(topic) ?? 0 }, (_, partition) => ({ topic, partition })),
    }));
  }

  async #trim(topic: string, partition: number, before: number): Promise<void> {
    const name = `${topic}/${partition}`;
    if (before - (this.#trimmed.get(name) ?? 0) < doneKept) return;
    await this.#options.log.trim(topic, partition, before);
    this.#trimmed.set(name, before);
  }
}
