import type { CommittedPosition, TopicPartition } from '@partitura/log';
import type { Cluster } from '../connect/cluster.ts';
import { coordinatorCodes, faultOf, nameOf, unavailable } from '../errors.ts';
import { byTopic } from '../wire/by-topic.ts';
import type { Credentials } from './role.ts';
import { whileUnavailable } from '../while-unavailable.ts';

/** Generation and member of a commit that no member makes; refused while the group has members. */
const nobody: Credentials = { generation: -1, memberId: '' };

/** Committed positions of groups. */
export class Positions {
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  async commit(group: string, positions: readonly CommittedPosition[], as: Credentials = nobody): Promise<void> {
    if (positions.length === 0) return;
    const topics = [...byTopic(positions)].map(([topic, ofTopic]) => ({
      topic,
      partitions: ofTopic.map(({ partition, offset, metadata }) => ({ partition, offset, metadata: metadata ?? '' })),
    }));
    const body = { groupId: group, groupGenerationId: as.generation, memberId: as.memberId, topics };
    await this.#atCoordinator(group, async (node) => {
      const { responses } = await this.#cluster.askNode(node, 'main', 'OffsetCommit', body);
      for (const { topic, partitions } of responses)
        for (const { partition, errorCode } of partitions)
          this.#check(errorCode, `commit of ${topic}/${partition} for group ${group}`);
    });
  }

  async committed(group: string, partitions: readonly TopicPartition[]): Promise<readonly CommittedPosition[]> {
    if (partitions.length === 0) return [];
    const topics = [...byTopic(partitions)].map(([topic, ofTopic]) => ({
      topic,
      partitions: ofTopic.map(({ partition }) => ({ partition })),
    }));
    return this.#atCoordinator(group, async (node) => {
      const answer = await this.#cluster.askNode(node, 'main', 'OffsetFetch', { groupId: group, topics });
      this.#check(answer.errorCode, `positions of group ${group}`);
      const found: CommittedPosition[] = [];
      for (const { topic, partitions: ofTopic } of answer.responses)
        for (const { partition, errorCode, offset, metadata } of ofTopic) {
          this.#check(errorCode, `position of ${topic}/${partition} for group ${group}`);
          if (Number(offset) < 0) continue; // never committed
          const position = { topic, partition, offset: Number(offset) };
          found.push(metadata === null || metadata === '' ? position : { ...position, metadata });
        }
      return found;
    });
  }

  #atCoordinator<T>(group: string, work: (node: number) => Promise<T>): Promise<T> {
    return whileUnavailable(
      this.#cluster.requestMs,
      async () => work(await this.#cluster.coordinator(group)),
      () => {
        this.#cluster.forgetCoordinator(group);
      },
    );
  }

  #check(code: number, what: string): void {
    if (code === 0) return;
    throw coordinatorCodes.has(code) ? unavailable(`${what}: ${nameOf(code)}`) : faultOf(code, what);
  }
}
