/**
 * The only port to the broker. Small on purpose: what the product needs of a log, in the words of Kafka, and nothing
 * that a log in a directory or in memory could not do as well.
 *
 * All offsets are plain numbers (they fit a double), all times epoch milliseconds. Methods reject with `Fault`;
 * `retryable` says whether the same call may succeed later. Fault codes:
 *
 * | code | meaning |
 * | --- | --- |
 * | UNAVAILABLE | broker or disk not reachable now (retryable) |
 * | OUTCOME_UNKNOWN | an append may or may not have happened (retryable: append the same records again) |
 * | UNKNOWN_TOPIC | the topic or partition does not exist |
 * | OFFSET_OUT_OF_RANGE | a read below the log's start or above its end |
 * | TOO_LARGE | a record or batch above the limit of its topic |
 * | LOG_CLOSED | this log was closed |
 * | UNREADABLE | records in a format or compression that this adapter cannot read |
 * | GROUP_HAS_MEMBERS | a commit without membership for a group that has members |
 * | NOT_A_MEMBER | the membership, or the partition committed for, was lost |
 * | UNREADABLE | what is stored does not match its checksum or its format |
 * | IN_USE | the log belongs to another process |
 */
export interface Log {
  /**
   * One batch to one partition, durable when resolved. Records keep their order and become contiguous offsets.
   * Callers that need order keep one append per partition in flight.
   */
  append(topic: string, partition: number, records: readonly LogRecord[]): Promise<Appended>;

  /**
   * Unfenced records to many topics and partitions, durable when resolved; on rejection any subset may have landed.
   * Order is kept per partition within one call only.
   */
  send(records: readonly AddressedRecord[]): Promise<void>;

  /** One read at an offset; waits up to `maxWaitMs` for the first record. */
  fetch(topic: string, partition: number, from: number, options?: FetchOptions): Promise<Batch>;

  /**
   * Follows a partition from an offset. All followed partitions of this log share long polls. The next batch of a
   * partition is handed over only after the promise of the previous one resolved (back-pressure). A rejection by
   * `onBatch`, or a fault that will not go away by itself, ends the following through `onEnd`.
   */
  follow(request: FollowRequest): Following;

  /** First retained offset, and the offset that the next record gets. Read uncommitted. */
  offsets(topic: string, partition: number): Promise<LogOffsets>;

  /** Membership that hands out the numbers 0..count-1 of a role, each to one member at a time as far as anybody can tell. */
  own(request: OwnRequest): Promise<Ownership>;

  /**
   * Plain consumer group over whole topics: queues. Reads on behind the committed position of each partition; where
   * there is none, or it was trimmed away, from the earliest record.
   */
  work(request: WorkRequest): Promise<Working>;

  /** Commits offsets of a group that has no members, or of a group whose members this log's `own`/`work` made. */
  commit(group: string, positions: readonly CommittedPosition[]): Promise<void>;
  /** Committed positions of all given partitions; absent where nothing was committed. */
  committed(group: string, partitions: readonly TopicPartition[]): Promise<readonly CommittedPosition[]>;

  /** Creates what is missing; existing topics are left as they are. */
  createTopics(topics: readonly TopicSpec[]): Promise<void>;
  /** Partition counts and settings of the given topics; a topic that does not exist is absent. */
  describeTopics(topics: readonly string[]): Promise<ReadonlyMap<string, TopicDescription>>;
  /** Partition counts of the given topics; one that does not exist is absent. Needs no right but that to use them. */
  countPartitions(topics: readonly string[]): Promise<ReadonlyMap<string, number>>;
  listTopics(): Promise<readonly string[]>;
  /** DeleteRecords: everything before the offset may go. Never moves the start back; beyond the end it is refused. */
  trim(topic: string, partition: number, before: number): Promise<void>;

  /** Ends everything: followings, memberships, connections. */
  close(): Promise<void>;
}

export interface LogRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers?: Readonly<Record<string, Uint8Array>>;
}
export interface AddressedRecord extends LogRecord {
  readonly topic: string;
  readonly partition: number;
}
export interface StoredRecord extends LogRecord {
  readonly offset: number;
  /** Append time where the topic says so, else the producer's. */
  readonly timestamp: number;
}

export interface Appended {
  readonly baseOffset: number;
  /** The broker's append time; undefined where the topic carries producers' times. */
  readonly appendTime: number | undefined;
}

export interface FetchOptions {
  /** Default 1 MiB; at least one whole batch is returned whatever its size. */
  readonly maxBytes?: number;
  /** Default 0: answer at once. */
  readonly maxWaitMs?: number;
  /** Default uncommitted: everything that was appended. `committed` leaves aborted transactions out. */
  readonly isolation?: Isolation;
}
export type Isolation = 'uncommitted' | 'committed';

export interface Batch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly StoredRecord[];
  /** Where to read on: may lie behind the last record (control batches, aborted or compacted records). */
  readonly nextOffset: number;
  /** End of the partition when this was read, uncommitted. */
  readonly highWatermark: number;
  /** Start of the partition when this was read. */
  readonly logStart: number;
  /** End of what is committed; equal to `highWatermark` unless a transaction is open. */
  readonly lastStable: number;
}

export interface FollowRequest {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  readonly isolation?: Isolation;
  /**
   * May be handed records before they are durable, where the log keeps one order of durability over all partitions (the
   * embedded one; others ignore this): what is appended because of a record becomes durable only after it, and a record
   * that was handed over is never taken back while the process lives. For readers whose every deed outside the log
   * follows from something durable.
   */
  readonly early?: boolean;
  /**
   * How much later than it could a batch may be handed over, in ms, so that it holds more: for readers that gather
   * anyway. What comes after a rest is handed over at once. Logs to which a batch costs little ignore this.
   */
  readonly patienceMs?: number;
  /** May be handed batches without records, so that positions move on over gaps. Never called again after `close`. */
  readonly onBatch: (batch: Batch) => Promise<void> | void;
  /** Called once when the following ends otherwise than by its own `close` or the log's. */
  readonly onEnd: (why: unknown) => void;
}
export interface Following {
  close(): void;
}

export interface LogOffsets {
  readonly start: number;
  readonly end: number;
}
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}
export interface CommittedPosition extends TopicPartition {
  readonly offset: number;
  readonly metadata?: string;
}

export interface OwnRequest {
  /** Group id. */
  readonly group: string;
  /** Topic whose partitions 0..count-1 stand for the numbers; nothing is consumed from it. */
  readonly topic: string;
  readonly count: number;
  /** Unique name of this member. */
  readonly instance: string;
  /** Sent to the leader with each join and visible to all members afterwards: addresses and the like. */
  readonly userData?: () => Uint8Array;
  /** A number is ours now. Not called for numbers that were kept over a rebalance. */
  readonly onAcquire: (number: number) => void;
  /** A number is ours no longer: stop using it at once. */
  readonly onRelease: (number: number) => void;
  /** All members and what they own, after each rebalance. */
  readonly onMembers?: (members: readonly Member[]) => void;
}
export interface Member {
  readonly instance: string;
  readonly numbers: readonly number[];
  readonly userData: Uint8Array;
}
export interface Ownership {
  owned(): ReadonlySet<number>;
  /** Resolves when a heartbeat that was sent after this call confirmed our membership; rejects when it was lost. */
  confirm(): Promise<void>;
  /** Joins again, so that new `userData` is spread. */
  announce(): void;
  /** Leaves the group; `onRelease` was called for all numbers when this resolves. */
  close(): Promise<void>;
}

export interface WorkRequest {
  readonly group: string;
  readonly topics: readonly string[];
  /** Handles records of one partition in order; must call `commit` itself. Records of partitions run concurrently. */
  readonly onBatch: (batch: WorkBatch) => Promise<void>;
  /** Partitions that were taken away: results for them need not be committed. */
  readonly onRevoked?: (partitions: readonly TopicPartition[]) => void;
  /** Called once when the work ends otherwise than by its own `close` or the log's; a rejection by `onBatch` ends it. */
  readonly onEnd: (why: unknown) => void;
}
export interface WorkBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly StoredRecord[];
  /** False once the partition was taken away. */
  isCurrent(): boolean;
}
export interface Working {
  /** Next offset to read after a restart; must not go beyond the lowest unfinished record. */
  commit(positions: readonly CommittedPosition[]): Promise<void>;
  /** Hands out no further batches of this partition until resumed. */
  pause(partitions: readonly TopicPartition[]): void;
  resume(partitions: readonly TopicPartition[]): void;
  close(): Promise<void>;
}

export interface TopicSpec {
  readonly topic: string;
  readonly partitions: number;
  /** Absent: the broker's default. */
  readonly replicationFactor?: number;
  readonly config: TopicConfig;
}
export interface TopicConfig {
  readonly cleanup: 'delete' | 'compact';
  /** -1: for ever. */
  readonly retentionMs: number;
  readonly timestamps: 'append' | 'create';
  readonly maxMessageBytes: number;
}
export interface TopicDescription {
  readonly partitions: number;
  readonly config: TopicConfig;
}
