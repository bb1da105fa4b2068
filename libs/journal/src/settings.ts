/** Bounds and waits of the runtime. Sizes in bytes, times in ms. */
export interface JournalSettings {
  /** Name of this process in claims and memberships; unique among living processes. */
  readonly owner: string;
  /** P, a contract once the first claim is written. */
  readonly partitions: number;
  /** What this installation may write and must be able to read. */
  readonly featureLevel: number;

  /** One append. */
  readonly batchBytes: number;
  readonly batchEntries: number;
  /** One entry; a decision above it is refused as TOO_LARGE. */
  readonly entryBytes: number;
  /** One decision, as told to the decider, which continues in a later entry. */
  readonly eventsPerDecision: number;
  readonly bytesPerDecision: number;
  /** Decided but not yet appended: above, nothing is consumed. */
  readonly backlogBytes: number;
  /** Effects not yet acknowledged: above, nothing is consumed and an alarm is raised. */
  readonly unsettledBytes: number;
  /** Longest stretch of work before the event loop gets its turn. */
  readonly sliceMs: number;

  /** Outside command ids that an aggregate remembers. */
  readonly repeats: number;
  /** Closed set: how long and how many. Folding depends on it: the same for all owners of an installation. */
  readonly closedWindowMs: number;
  readonly closedCount: number;
  /** Closed aggregates that stay decodable in memory. */
  readonly closedMemoryMs: number;
  readonly closedMemoryCount: number;
  /** Live aggregates that stay objects; of more, those that nobody asks for are kept as few bytes. */
  readonly residentAggregates: number;
  /** Commands deferred by one aggregate, in all. */
  readonly deferredBytes: number;

  /** Longest wait for the copy of the definitions. */
  readonly definitionsWaitMs: number;
  /** Asking the archive again, and when outside commands that wait for it are refused. */
  readonly reviveAgainMs: number;
  readonly reviveBoundMs: number;
  /** How long a task topic may fail before its tasks count as undeliverable. */
  readonly undeliverableMs: number;
  /** Silence after which progress of `effectsDone` gets an entry of its own. */
  readonly silenceMs: number;

  /** Timers closer together than this are decided together. */
  readonly timerTickMs: number;
  /** Most aggregates woken in one round. */
  readonly timerBatch: number;
  /** Time without owner or log after which deadlines are put off, and by how much. */
  readonly outageMs: number;
  readonly deadlineGraceMs: number;
  /** How far a broker's append time may lie from our clocks. */
  readonly appendTimeToleranceMs: number;

  /** A checkpoint begins after this much journal, or twice the live state if that is more. */
  readonly checkpointBytes: number;
  /** Snapshots written between two appends. */
  readonly carryBytes: number;
  /** Largest part of a snapshot. */
  readonly snapshotPartBytes: number;
  /** Age that entries reach at least before the journal may be trimmed; an hour or more. Infinity: it is kept for ever. */
  readonly journalRetentionMs: number;
  /** Committed offsets are committed again after this time, since groups without members forget. */
  readonly recommitMs: number;

  /** First and longest pause between attempts of something that the log refused. */
  readonly retryMs: number;
  readonly retryMaxMs: number;
  /** How long closing waits for batches and effects. */
  readonly drainMs: number;
}

const KiB = 1024;
const MiB = 1024 * KiB;

/** Defaults for everything that is not a name or a contract. */
export const journalDefaults: Omit<JournalSettings, 'owner' | 'partitions'> = {
  featureLevel: 1,
  batchBytes: 8 * MiB,
  batchEntries: 10_000,
  entryBytes: 6 * MiB,
  eventsPerDecision: 500,
  bytesPerDecision: 2 * MiB,
  backlogBytes: 16 * MiB,
  unsettledBytes: 64 * MiB,
  sliceMs: 20,
  repeats: 16,
  closedWindowMs: 3_600_000,
  closedCount: 50_000,
  closedMemoryMs: 60_000,
  closedMemoryCount: 5_000,
  residentAggregates: 10_000,
  deferredBytes: MiB,
  definitionsWaitMs: 2_000,
  reviveAgainMs: 5_000,
  reviveBoundMs: 30_000,
  undeliverableMs: 60_000,
  silenceMs: 1_000,
  timerTickMs: 20,
  timerBatch: 2_000,
  outageMs: 1_000,
  deadlineGraceMs: 30_000,
  appendTimeToleranceMs: 2_000,
  checkpointBytes: 64 * MiB,
  carryBytes: 512 * KiB,
  snapshotPartBytes: 3 * MiB,
  journalRetentionMs: Infinity,
  recommitMs: 86_400_000,
  retryMs: 50,
  retryMaxMs: 2_000,
  drainMs: 10_000,
};
