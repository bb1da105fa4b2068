import type { JournalCodec } from '@partitura/journal';
import type { StoredRecord } from '@partitura/log';
import { Fault } from '@partitura/model';
import {
  createCommandCodec,
  deadLetterCodec,
  definitionCodec,
  definitionKey,
  journalCodec,
  recordKey,
  replyCodec,
  taskCodec,
  type RegisteredSchemas,
} from '@partitura/wire';

/** The bytes of the installation, for the partition runtime. */
export function createJournalCodec(options: {
  readonly commandsTopic: string;
  readonly partitions: number;
  readonly key?: Uint8Array;
  readonly registered?: RegisteredSchemas;
}): JournalCodec {
  const { commandsTopic: topic, partitions, key, registered } = options;
  const schemas = registered === undefined ? {} : { registered };
  const commands = createCommandCodec({ topic, partitions, ...schemas, ...(key === undefined ? {} : { key }) });
  // What the journal holds was checked when it was first read; its signature was not kept.
  const kept = createCommandCodec({ topic, partitions, ...schemas });
  const read = (
    codec: typeof commands,
    partition: number,
    record: Pick<StoredRecord, 'offset' | 'value' | 'headers'>,
  ) => {
    const decoded = codec.decode(partition, record);
    if (decoded.kind === 'undecodable') throw new Fault('UNDECODABLE', decoded.reason, { retryable: false });
    return decoded.envelope;
  };
  return {
    encodeEntry: (record) => ({
      key: record.kind === 'decision' ? recordKey(record.aggregate) : null,
      value: journalCodec.encode(record),
    }),
    decodeEntry: (value) => journalCodec.decode(value),
    readCommand: (record, partition) => read(commands, partition, record),
    rereadCommand: (value, partition, offset) => read(kept, partition, { value, offset }),
    encodeCommand: (envelope) => commands.encode(envelope),
    encodeTask: (task) => ({ key: recordKey(task.taskId), value: taskCodec.encode(task) }),
    encodeDefinition: (definition) => ({ key: definitionKey(definition), value: definitionCodec.encode(definition) }),
    encodeReply: (reply) => ({ key: recordKey(reply.instance), value: replyCodec.encode(reply) }),
    encodeDeadLetter: (letter) => ({
      key: letter.key ?? null,
      value: deadLetterCodec.encode(letter),
    }),
  };
}
