import {
  definitionKeyOf,
  type DefinitionRecord,
  type JournalRecord,
  type Reply,
  type TaskRecord,
} from '@partitura/model';
import { createCodec, type Codec } from './codec.ts';
import { readDeadLetter, writeDeadLetter, type DeadLetter } from './generated/dead-letter.ts';
import { readDefinitionRecord, writeDefinitionRecord } from './generated/definition.ts';
import { readJournalRecord, writeJournalRecord } from './generated/journal-record.ts';
import { readReply, writeReply } from './generated/reply.ts';
import { readTaskRecord, writeTaskRecord } from './generated/task.ts';

export type { DeadLetter };

// The annotations are the proof that schemas and model say the same: what is generated from the one must be the other.
export const journalCodec: Codec<JournalRecord> = createCodec('journal-record', readJournalRecord, writeJournalRecord);
export const taskCodec: Codec<TaskRecord> = createCodec('task', readTaskRecord, writeTaskRecord);
export const replyCodec: Codec<Reply> = createCodec('reply', readReply, writeReply);
export const definitionCodec: Codec<DefinitionRecord> = createCodec(
  'definition',
  readDefinitionRecord,
  writeDefinitionRecord,
);
export const deadLetterCodec: Codec<DeadLetter> = createCodec('dead-letter', readDeadLetter, writeDeadLetter);

/** Key of a definition's records: compaction keeps the newest of each. */
export function definitionKey(record: Pick<DefinitionRecord, 'kind' | 'name' | 'version'>): Uint8Array {
  return recordKey(definitionKeyOf(record.kind, record.name, record.version));
}

/** Record keys are the UTF-8 bytes of an id. */
export function recordKey(id: string): Uint8Array {
  return Buffer.from(id, 'utf8');
}
