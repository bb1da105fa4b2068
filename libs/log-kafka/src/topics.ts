import type { LogOffsets, TopicConfig, TopicDescription, TopicSpec } from '@partitura/log';
import { Fault } from '@partitura/model';
import type { Cluster } from './connect/cluster.ts';
import { faultOf, KafkaCode, movedCodes, unavailable } from './errors.ts';
import { OffsetLookUp } from './offset-look-up.ts';
import { whileUnavailable } from './while-unavailable.ts';

const controllerMs = 10_000;
const settlePauseMs = 20;

/** Administration of topics. */
export class Topics {
  readonly #cluster: Cluster;
  readonly #starts: OffsetLookUp;
  readonly #ends: OffsetLookUp;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#starts = new OffsetLookUp(cluster, 'start');
    this.#ends = new OffsetLookUp(cluster, 'end');
  }

  async create(specs: readonly TopicSpec[]): Promise<void> {
    if (specs.length === 0) return;
    const topics = specs.map(({ topic, partitions, replicationFactor, config }) => ({
      topic,
      numPartitions: partitions,
      replicationFactor: replicationFactor ?? -1,
      configEntries: settingsOf(config),
    }));
    const { topicErrors } = await this.#cluster.askAny('CreateTopics', { topics, timeout: controllerMs });
    for (const { topic, errorCode, errorMessage } of topicErrors)
      // After a time-out of the controller it may come all the same; that is seen below.
      if (![0, KafkaCode.topicAlreadyExists, KafkaCode.requestTimedOut].includes(errorCode))
        throw faultOf(errorCode, `topic ${topic} cannot be created`, errorMessage);
    await this.#untilEverywhere(specs.map((spec) => spec.topic));
  }

  async describe(topics: readonly string[]): Promise<ReadonlyMap<string, TopicDescription>> {
    const counts = await this.#cluster.partitionCounts(topics);
    const existing = [...counts.keys()];
    const described = new Map<string, TopicDescription>();
    if (existing.length === 0) return described;
    const { resources } = await this.#cluster.askAny('DescribeConfigs', {
      resources: existing.map((name) => ({ type: 2, name, configNames: Object.values(settingNames) })),
    });
    for (const { errorCode, resourceName, configEntries } of resources) {
      if (errorCode === KafkaCode.unknownTopicOrPartition) continue; // deleted meanwhile
      if (errorCode !== 0) throw faultOf(errorCode, `settings of ${resourceName}`);
      const settings = new Map(configEntries.map((entry) => [entry.configName, entry.configValue ?? '']));
      described.set(resourceName, { partitions: counts.get(resourceName) ?? 0, config: configOf(settings) });
    }
    return described;
  }

  async list(): Promise<readonly string[]> {
    const { topicMetadata } = await this.#cluster.metadata([]);
    return topicMetadata.filter((topic) => !topic.isInternal).map((topic) => topic.topic);
  }

  async trim(topic: string, partition: number, before: number): Promise<void> {
    const what = `trim of ${topic}/${partition} to ${before}`;
    const node = await this.#cluster.leader(topic, partition);
    const { topics } = await this.#cluster.askNode(node, 'main', 'DeleteRecords', {
      topics: [{ topic, partitions: [{ partition, offset: before }] }],
      timeout: controllerMs,
    });
    const code = topics[0]?.partitions[0]?.errorCode ?? KafkaCode.networkException;
    if (code === 0) return;
    if (movedCodes.has(code)) this.#cluster.forget(topic);
    throw faultOf(code, what);
  }

  async offsets(topic: string, partition: number): Promise<LogOffsets> {
    const [start, end] = await Promise.all([this.#starts.find(topic, partition), this.#ends.find(topic, partition)]);
    return { start, end };
  }

  /** Until every broker that can be asked knows the topics and their leaders: who hears of them uses them at once. */
  async #untilEverywhere(topics: readonly string[]): Promise<void> {
    const deadline = performance.now() + controllerMs;
    await this.#cluster.metadata(topics);
    for (const node of this.#cluster.nodes())
      while (!(await this.#knows(node, topics))) {
        if (performance.now() > deadline)
          throw unavailable(`topics ${topics.join(', ')} were created but have no leaders yet`);
        await new Promise((resolve) => setTimeout(resolve, settlePauseMs));
      }
    // A broker may still have to learn that it leads.
    const { topicMetadata } = await this.#cluster.metadata(topics);
    await Promise.all(
      topicMetadata.flatMap(({ topic, partitionMetadata }) =>
        partitionMetadata.map(({ partitionId }) =>
          whileUnavailable(
            controllerMs,
            () => this.#ends.find(topic, partitionId),
            () => undefined,
          ),
        ),
      ),
    );
  }

  async #knows(node: number, topics: readonly string[]): Promise<boolean> {
    try {
      const { topicMetadata } = await this.#cluster.metadataFrom(node, topics);
      return topicMetadata.every(
        (topic) => topic.topicErrorCode === 0 && topic.partitionMetadata.every((partition) => partition.leader >= 0),
      );
    } catch (error) {
      if (error instanceof Fault && error.code === 'UNAVAILABLE') return true; // it is down: it will learn
      throw error;
    }
  }
}

const settingNames = {
  cleanup: 'cleanup.policy',
  retention: 'retention.ms',
  timestamps: 'message.timestamp.type',
  maxBytes: 'max.message.bytes',
} as const;

function settingsOf(config: TopicConfig): { name: string; value: string }[] {
  const settings = {
    [settingNames.cleanup]: config.cleanup,
    [settingNames.retention]: String(config.retentionMs),
    [settingNames.timestamps]: config.timestamps === 'append' ? 'LogAppendTime' : 'CreateTime',
    [settingNames.maxBytes]: String(config.maxMessageBytes),
    // What others send compressed is stored plain, so that a reader needs no codec of theirs.
    'compression.type': 'uncompressed',
  };
  return Object.entries(settings).map(([name, value]) => ({ name, value }));
}

function configOf(settings: ReadonlyMap<string, string>): TopicConfig {
  return {
    cleanup: settings.get(settingNames.cleanup)?.includes('compact') === true ? 'compact' : 'delete',
    retentionMs: Number(settings.get(settingNames.retention)),
    timestamps: settings.get(settingNames.timestamps) === 'LogAppendTime' ? 'append' : 'create',
    maxMessageBytes: Number(settings.get(settingNames.maxBytes)),
  };
}
