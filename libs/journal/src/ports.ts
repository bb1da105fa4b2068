import type { Clock, Log, LogRecord, StoredRecord, TopicSpec } from '@partitura/log';
import type {
  AggregateId,
  Command,
  CommandEnvelope,
  Decider,
  DefinitionLookup,
  DefinitionRecord,
  DispatchTask,
  DomainEvent,
  Effect,
  JournalRecord,
  Reply,
  TaskRecord,
} from '@partitura/model';
import type { JournalObserver } from './observer.ts';
import type { Rules } from './rules.ts';
import type { JournalSettings } from './settings.ts';

/** States are opaque to the runtime: only the decider looks inside. */
export type State = unknown;

/**
 * What the aggregates of a partition do. Any `Decider<YourState, Command, DomainEvent>` is one; several kinds of
 * aggregates are joined into one decider by whoever hosts the partitions.
 */
export type Domain = Decider<State, Command, DomainEvent>;

/** Everything the runtime needs from whoever hosts it. */
export interface JournalPorts {
  readonly log: Log;
  readonly clock: Clock;
  readonly domain: Domain;
  readonly codec: JournalCodec;
  readonly topics: JournalTopics;
  /** The partition function, with the number of partitions of the installation: murmur2 of the id modulo P. */
  readonly partitionOf: (id: AggregateId) => number;
  readonly definitions: DefinitionsView;
  /** The request that reaches whoever reads the archive; answered by a `RevivalAnswer` command. */
  readonly reviveTask: (request: RevivalRequest) => DispatchTask;
  /**
   * All broadcasts of an aggregate's present state, for aggregates that have some (definitions); no effects otherwise.
   * `revision` is the aggregate's version.
   */
  readonly restate?: (id: AggregateId, state: State, revision: number) => readonly Effect[];
  /** A fresh random token for each claim. */
  readonly freshToken: () => string;
  readonly observer: JournalObserver;
  readonly settings: JournalSettings;
  /** The rules that make one history; replaced only by tests that prove what each is for. */
  readonly rules?: Rules;
}

/**
 * Bytes of all records the runtime reads and writes. Values that come back in `LogRecord` are not changed afterwards.
 * Encoding throws only on defects.
 */
export interface JournalCodec {
  encodeEntry(record: JournalRecord): LogRecord;
  /** Throws when the record is of a later build or is none of ours: the owner then releases the partition. */
  decodeEntry(value: Uint8Array): JournalRecord;
  /**
   * A record of `commands[partition]`, which anybody may have written. Throws with a reason for whatever is no command
   * that its sender may send; that record becomes a dead letter. A start without id gets one that is a function of
   * (partition, offset) and belongs to this partition.
   */
  readCommand(record: StoredRecord, partition: number): CommandEnvelope;
  /** The value of a record that {@link readCommand} accepted at this place, kept in the journal since; gives the same. */
  rereadCommand(value: Uint8Array, partition: number, offset: number): CommandEnvelope;
  /** The internal form, with its mark. */
  encodeCommand(envelope: CommandEnvelope): LogRecord;
  encodeTask(task: TaskRecord): LogRecord;
  encodeDefinition(definition: DefinitionRecord): LogRecord;
  encodeReply(reply: Reply): LogRecord;
  encodeDeadLetter(letter: DeadLetter): LogRecord;
}

/** A record nobody could apply, as it was. */
export interface DeadLetter {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly reason: string;
  /** Epoch ms by the owner's clock. */
  readonly at: number;
  /** Of the original record, epoch ms. */
  readonly timestamp: number;
  readonly value?: Uint8Array;
  /** Without key and headers when the letter is written again by a later owner, who has only the bytes. */
  readonly key?: Uint8Array;
  readonly headers: Readonly<Record<string, Uint8Array>>;
}

/** Names of topics and groups of the installation; spelled in one place by whoever hosts. */
export interface JournalTopics {
  readonly journal: string;
  readonly commands: string;
  readonly definitions: string;
  readonly replies: string;
  readonly deadLetters: string;
  /** Group whose offsets point to the last checkpoints; never has members. */
  readonly restoreGroup: string;
  /**
   * Groups whose committed offsets say how far the other readers of the journal have come, those that need all of it: it
   * is not trimmed beyond any. Absent: it is never trimmed.
   */
  readonly readerGroups?: readonly string[];
  /** Group by which decider instances share the partition numbers. */
  readonly deciderGroup: string;
  /** The task topic of a queue, to be created when it is missing. */
  taskTopic(queue: DispatchTask['queue']): TopicSpec;
  /** Group that consumes this task topic. */
  queueGroup(queue: DispatchTask['queue']): string;
  /** Partition of a task's records within its topic. */
  taskPartition(taskId: string, partitions: number): number;
}

/** This process's copy of the `definitions` broadcast. */
export interface DefinitionsView extends DefinitionLookup {
  /** Next offset of `definitions` that the copy will apply. */
  readonly position: number;
  /** Whether `position >= offset`, now or within `timeoutMs`. */
  reached(offset: number, timeoutMs: number): Promise<boolean>;
  /**
   * Revision of the last record under this definition's key: what is left after compaction, whatever counts for the copy
   * itself; undefined where there is none. An owner that finds another revision than its own says its own again.
   */
  lastRevision?(definition: Pick<DefinitionRecord, 'kind' | 'name' | 'version'>): number | undefined;
}

/** Asks the archive for the last state of an ended aggregate. */
export interface RevivalRequest {
  readonly aggregate: AggregateId;
  /** To be named in the answer. */
  readonly request: number;
  /** Partition whose history is asked for and which waits for the answer. */
  readonly partition: number;
  /** Epoch ms. */
  readonly at: number;
}
