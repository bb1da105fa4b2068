import type { StoredRecord } from '@partitura/log';
import type { SimulatedWorld } from '@partitura/log-simulated';
import type { CommandEnvelope, DefinitionRecord, JournalRecord, Reply, TaskRecord } from '@partitura/model';
import { deadLetterCodec, definitionCodec, replyCodec, taskCodec } from '@partitura/wire';
import type { Installation } from '../installation.ts';

export interface JournalLine {
  readonly offset: number;
  readonly time: number;
  readonly record: JournalRecord;
}
export interface CommandLine {
  readonly offset: number;
  /** Append time. */
  readonly time: number;
  /** Undefined: nobody can read it. */
  readonly envelope: CommandEnvelope | undefined;
}

/** What a run has left behind, decoded; all that a checker looks at. */
export interface Evidence {
  readonly journals: readonly (readonly JournalLine[])[];
  readonly commands: readonly (readonly CommandLine[])[];
  readonly tasks: readonly TaskRecord[];
  readonly definitions: readonly DefinitionRecord[];
  readonly replies: readonly Reply[];
  readonly deadLetters: readonly { readonly partition: number; readonly offset: number }[];
}

export function gather(world: SimulatedWorld, installation: Installation): Evidence {
  const { names, codec, topics } = installation;
  const all = (topic: string): readonly (readonly StoredRecord[])[] =>
    world.partitions(topic).map((at) => world.everything(at));
  const values = (topic: string): readonly Uint8Array[] => all(topic).flat().map(valueOf);
  const taskTopics = ['toil', 'revival'].map((type) => topics.taskTopic({ type }).topic);
  return {
    journals: all(names.journal).map((records) =>
      records.map((record) => ({
        offset: record.offset,
        time: record.timestamp,
        record: codec.decodeEntry(valueOf(record)),
      })),
    ),
    commands: all(names.commands).map((records, partition) =>
      records.map((record) => ({
        offset: record.offset,
        time: record.timestamp,
        envelope: readable(() => codec.readCommand(record, partition)),
      })),
    ),
    tasks: taskTopics.flatMap(values).map((value) => taskCodec.decode(value)),
    definitions: values(names.definitions).map((value) => definitionCodec.decode(value)),
    replies: values(names.replies).map((value) => replyCodec.decode(value)),
    deadLetters: values(names.deadLetters).map((value) => deadLetterCodec.decode(value)),
  };
}

const valueOf = (record: StoredRecord): Uint8Array => record.value ?? new Uint8Array();

function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
