import type { Log } from '@partitura/log';
import { topicNames, topicSpecs } from '@partitura/wire';
import { ConfigError } from '@partitura/config';

const partitionsByDefault = { embedded: 2, kafka: 8 } as const;

/**
 * Makes the installation's topics if they are missing and says how many partitions it has: that number is chosen when
 * the topics are made and never changes.
 */
export async function openInstallation(
  log: Log,
  options: {
    readonly kind: 'embedded' | 'kafka';
    readonly namespace: string;
    readonly partitions: number | undefined;
    readonly replicationFactor: number | undefined;
  },
): Promise<number> {
  const { kind, namespace, partitions, replicationFactor } = options;
  const topics = topicNames(namespace);
  const existing = (await log.describeTopics([topics.commands])).get(topics.commands)?.partitions;
  if (existing !== undefined && partitions !== undefined && existing !== partitions)
    throw new ConfigError([
      `PARTITURA_PARTITIONS is ${partitions}, but the installation "${namespace}" has ${existing} partitions, and that never changes; leave the setting out`,
    ]);
  const chosen = existing ?? partitions ?? partitionsByDefault[kind];
  await log.createTopics(topicSpecs(namespace, chosen, replicationFactor === undefined ? {} : { replicationFactor }));
  return chosen;
}
