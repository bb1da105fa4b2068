import type { LogRecord, StoredRecord, TopicConfig } from '@partitura/log';
import type { Domain, JournalCodec, JournalTopics } from '@partitura/journal';
import {
  Payload,
  type AggregateId,
  type CommandEnvelope,
  type DispatchTask,
  type JournalRecord,
} from '@partitura/model';
import {
  createCommandCodec,
  deadLetterCodec,
  definitionCodec,
  definitionKey,
  groupNames,
  journalCodec,
  partitionOf,
  recordKey,
  replyCodec,
  taskCodec,
  taskTopicSpec,
  topicNames,
  topicSpecs,
} from '@partitura/wire';
import { taskRecord } from './domain/run-effects.ts';
import { restateTally, type TallyState } from './domain/tally.ts';
import type { ToyState } from './domain/toy-domain.ts';

/** What all processes of a simulated installation agree on: names, bytes, places. */
export interface Installation {
  readonly partitions: number;
  readonly names: ReturnType<typeof topicNames>;
  readonly topics: JournalTopics;
  readonly codec: JournalCodec;
  partitionOf(id: AggregateId): number;
}

const namespace = 'sim';
export const toilQueue = { type: 'toil' };
export const revivalQueue = { type: 'revival' };
export const deciderGroup = groupNames(namespace).decider;

export function installation(partitions: number): Installation {
  const names = topicNames(namespace);
  const groups = groupNames(namespace);
  return {
    partitions,
    names,
    codec: codecOf(names.commands, partitions),
    topics: {
      journal: names.journal,
      commands: names.commands,
      definitions: names.definitions,
      replies: names.replies,
      deadLetters: names.deadLetters,
      restoreGroup: groups.restore,
      readerGroups: [groups.archived],
      deciderGroup,
      taskTopic: (queue) => taskTopicSpec(namespace, queue, { partitions: 2 }),
      queueGroup: (queue) => groups.queue(queue.type, queue.domain),
      taskPartition: (taskId, count) => partitionOf(taskId, count),
    },
    partitionOf: (id) => partitionOf(id, partitions),
  };
}

/** The topics that exist before anything runs; task topics are created by the effects that need them. */
export function fixedTopics(partitions: number): readonly { topic: string; partitions: number; config: TopicConfig }[] {
  return topicSpecs(namespace, partitions).map(({ topic, partitions: count, config }) => ({
    topic,
    partitions: count,
    // Commands carry append times here, so that a checker knows which of them had arrived at a deadline.
    config: topic === topicNames(namespace).commands ? { ...config, timestamps: 'append' } : config,
  }));
}

function codecOf(commandsTopic: string, partitions: number): JournalCodec {
  const commands = createCommandCodec({ topic: commandsTopic, partitions });
  const read = (record: Pick<StoredRecord, 'offset' | 'value' | 'headers'>, partition: number): CommandEnvelope => {
    const decoded = commands.decode(partition, record);
    if (decoded.kind === 'undecodable') throw new Error(decoded.reason);
    return decoded.envelope;
  };
  return {
    encodeEntry: (record): LogRecord => ({
      key: record.kind === 'claim' || record.kind === 'checkpoint' ? null : recordKey(record.aggregate),
      value: journalCodec.encode(record),
    }),
    decodeEntry: (value) => journalCodec.decode(value),
    readCommand: read,
    rereadCommand: (value, partition, offset) => read({ value, offset }, partition),
    encodeCommand: (envelope) => commands.encode(envelope),
    encodeTask: (task) => ({ key: recordKey(task.taskId), value: taskCodec.encode(task) }),
    encodeDefinition: (definition) => ({ key: definitionKey(definition), value: definitionCodec.encode(definition) }),
    encodeReply: (reply) => ({ key: recordKey(reply.instance), value: replyCodec.encode(reply) }),
    encodeDeadLetter: (letter) => ({ key: null, value: deadLetterCodec.encode(letter) }),
  };
}

/** Decodes each journal record once: for checkers, which read the same journal many times. */
export function remembering(codec: JournalCodec): JournalCodec {
  const known = new WeakMap<Uint8Array, JournalRecord>();
  const decodeEntry = (value: Uint8Array): JournalRecord => {
    const record = known.get(value) ?? codec.decodeEntry(value);
    known.set(value, record);
    return record;
  };
  return { ...codec, decodeEntry };
}

/** The question to the archive, as a task of its own queue. */
export function reviveTask(request: {
  readonly aggregate: AggregateId;
  readonly request: number;
  readonly partition: number;
}): DispatchTask {
  return {
    kind: 'DispatchTask',
    queue: revivalQueue,
    task: taskRecord({
      taskId: `revive ${request.aggregate} ${request.request}`,
      workflowId: request.aggregate,
      taskType: revivalQueue.type,
      dispatch: 1,
      input: Payload.of({ request: request.request, partition: request.partition }),
    }),
  };
}

/** The broadcast of a tally's present state. */
export const restate = (id: AggregateId, state: ReturnType<Domain['evolve']>, revision: number) =>
  'tally' in (state as ToyState) ? restateTally(id, (state as { tally: TallyState }).tally, revision) : [];
