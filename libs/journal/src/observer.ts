/**
 * What operators must hear. The runtime logs nothing itself: whoever hosts it turns these into log lines, metrics and
 * health. An observer must not throw.
 */
export interface JournalObserver {
  /** Something that a person should look at. A partition never stops without one. */
  alarm(alarm: Alarm): void;
  /** A partition of this process entered another phase. */
  phase?(partition: number, phase: Phase): void;
  /** A batch was admitted: entries, bytes, and milliseconds from sending to acknowledgement. */
  committed?(partition: number, entries: number, bytes: number, ackMs: number): void;
  /** Records of the journal that counted for nothing (zombies, second copies). */
  skipped?(partition: number, records: number): void;
  /** A restore has ended: journal records folded, bytes read, duration. */
  restored?(partition: number, records: number, bytes: number, tookMs: number): void;
  /** Milliseconds by which due aggregates were woken late, the largest of one round, and how many were woken. */
  woke?(partition: number, aggregates: number, latestMs: number): void;
  /** A checkpoint was written. */
  checkpointed?(partition: number, offset: number, carriedBytes: number): void;
}

/**
 * - `claiming`: reading the journal and writing the claim.
 * - `owning`: deciding.
 * - `superseded`: another owner claimed; claims again once membership is confirmed.
 * - `released`: the number went to another member, or the process is closing.
 * - `halted`: stopped for a person to look at; nothing is decided, nothing is lost.
 */
export type Phase = 'claiming' | 'owning' | 'superseded' | 'released' | 'halted';

export interface Alarm {
  readonly partition: number;
  readonly code: AlarmCode;
  /** One sentence: what was seen, and what the partition does now. */
  readonly message: string;
  readonly cause?: unknown;
}

/** Explained in the README. */
export type AlarmCode =
  | 'JOURNAL_TRUNCATED'
  | 'COMMANDS_TRIMMED'
  | 'POINTER_ASTRAY'
  | 'PARTITION_COUNT'
  | 'FEATURE_LEVEL'
  | 'UNREADABLE_ENTRY'
  | 'CLOCK_IMPLAUSIBLE'
  | 'LOG_FAILING'
  | 'EFFECTS_STUCK'
  | 'OPEN_TRANSACTION'
  | 'QUARANTINED'
  | 'UNFOLDABLE'
  | 'DEAD_LETTER'
  | 'TIMER_STUCK'
  | 'RUNTIME_DEFECT';
