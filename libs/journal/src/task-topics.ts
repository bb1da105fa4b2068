import type { DispatchTask } from '@partitura/model';
import { isFault } from './failures.ts';
import type { JournalPorts } from './ports.ts';

/** A task topic that exists. */
export interface TaskTopic {
  readonly topic: string;
  readonly partitions: number;
}

/**
 * Task topics of this process, created before their first use. With the topic come offsets for the group that will
 * consume it, so that workers who join later begin at its beginning whatever their client's default is.
 */
export class TaskTopics {
  readonly #ports: Pick<JournalPorts, 'log' | 'topics'>;
  readonly #known = new Map<string, Promise<TaskTopic>>();

  constructor(ports: Pick<JournalPorts, 'log' | 'topics'>) {
    this.#ports = ports;
  }

  /** Asks the broker once per topic; a failure is forgotten, so that the next call tries again. */
  ready(queue: DispatchTask['queue']): Promise<TaskTopic> {
    const spec = this.#ports.topics.taskTopic(queue);
    const known = this.#known.get(spec.topic);
    if (known !== undefined) return known;
    const created = this.#create(queue);
    this.#known.set(spec.topic, created);
    created.catch(() => this.#known.delete(spec.topic));
    return created;
  }

  /** The topic turned out to be gone. */
  forget(queue: DispatchTask['queue']): void {
    this.#known.delete(this.#ports.topics.taskTopic(queue).topic);
  }

  async #create(queue: DispatchTask['queue']): Promise<TaskTopic> {
    const { log, topics } = this.#ports;
    const spec = topics.taskTopic(queue);
    await log.createTopics([spec]);
    const description = (await log.describeTopics([spec.topic])).get(spec.topic);
    const partitions = description?.partitions ?? spec.partitions;
    await this.#offerFromTheStart(topics.queueGroup(queue), spec.topic, partitions);
    return { topic: spec.topic, partitions };
  }

  async #offerFromTheStart(group: string, topic: string, partitions: number): Promise<void> {
    const { log } = this.#ports;
    const all = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
    const committed = new Set((await log.committed(group, all)).map((position) => position.partition));
    const missing = all.filter(({ partition }) => !committed.has(partition)).map((at) => ({ ...at, offset: 0 }));
    if (missing.length === 0) return;
    try {
      await log.commit(group, missing);
    } catch (error) {
      // Members commit for themselves, and were handed their beginning when they joined.
      if (!isFault(error, 'GROUP_HAS_MEMBERS')) throw error;
    }
  }
}
