import type { JournalCodec, JournalTopics } from '@partitura/journal';
import { createJournalCodec } from '@partitura/service-decider';
import { groupNames, partitionOf, taskTopicSpec, topicNames } from '@partitura/wire';

/** Names of an installation of one partition, as its owner needs them. */
export function onePartitionTopics(namespace: string): JournalTopics {
  const topics = topicNames(namespace);
  const groups = groupNames(namespace);
  return {
    journal: topics.journal,
    commands: topics.commands,
    definitions: topics.definitions,
    replies: topics.replies,
    deadLetters: topics.deadLetters,
    restoreGroup: groups.restore,
    deciderGroup: groups.decider,
    taskTopic: (queue) => taskTopicSpec(namespace, queue, {}),
    queueGroup: (queue) => groups.queue(queue.type, queue.domain),
    taskPartition: partitionOf,
  };
}

/** The decider's own bytes. A dead letter is a mistake of the bench, so it does not go unseen. */
export function onePartitionCodec(namespace: string): JournalCodec {
  return {
    ...createJournalCodec({ commandsTopic: topicNames(namespace).commands, partitions: 1 }),
    encodeDeadLetter: ({ reason }) => {
      throw new Error(`nothing here may be a dead letter: ${reason}`);
    },
  };
}
