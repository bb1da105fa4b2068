import type { Outcome } from '@partitura/model';

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
  /** A command was consumed and not simply accepted: what became of it. */
  notAccepted?(partition: number, outcome: Exclude<Outcome['kind'], 'accepted'>): void;
  /** The journal begins at this offset now: what was before is in the archive alone. */
  trimmed?(partition: number, offset: number): void;
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

/** What each alarm means. */
export const alarmCodes = {
  JOURNAL_TRUNCATED: 'acknowledged entries of the journal are gone',
  COMMANDS_TRIMMED: 'commands that were not decided yet are gone',
  POINTER_ASTRAY: 'the pointer to the last checkpoint leads nowhere',
  PARTITION_COUNT: 'the installation was begun with another number of partitions',
  FEATURE_LEVEL: 'a later build has raised the level of the journal',
  UNREADABLE_ENTRY: 'the journal holds an entry that this build does not know',
  CLOCK_IMPLAUSIBLE: 'the clocks of this process and of the broker differ too much to fire timers',
  LOG_FAILING: 'the log refuses something that repeating will not mend',
  EFFECTS_STUCK: 'what is owed to others cannot be delivered for a long time',
  OPEN_TRANSACTION: "an outside producer's open transaction holds up the commands behind it",
  QUARANTINED: 'deciding threw for one aggregate, which is set aside',
  UNFOLDABLE: 'a history cannot be folded by this build',
  DEAD_LETTER: 'a command that nobody can apply was put aside',
  TIMER_STUCK: 'an aggregate says that something is due and does nothing about it',
  RUNTIME_DEFECT: 'the runtime itself failed',
} as const;

export type AlarmCode = keyof typeof alarmCodes;

/** What a person does about each; the README's table says the same. */
export const alarmAdvice: Readonly<Record<AlarmCode, string>> = {
  JOURNAL_TRUNCATED:
    'the broker lost acknowledged records (unclean election, lost disk): restore it, or accept the loss and rebuild the readers',
  COMMANDS_TRIMMED: "somebody deleted commands by hand or by retention: check the topic's settings",
  POINTER_ASTRAY:
    'the journal was cut, or offsets of the restore group were changed by hand; without pointer the owner scans',
  PARTITION_COUNT: 'set the number of partitions that the journal was begun with; it can never change',
  FEATURE_LEVEL: 'this build is too old for the installation: upgrade it',
  UNREADABLE_ENTRY: 'the same, or something else wrote to the journal: only deciders may',
  CLOCK_IMPLAUSIBLE: 'synchronise the clocks of this machine and the brokers',
  LOG_FAILING: 'see the reason: missing topic, limits, permissions',
  EFFECTS_STUCK: 'see which target; it is tried for ever',
  OPEN_TRANSACTION: "abort the producer's transaction at the offset named",
  QUARANTINED: 'a defect: look at the reason; the workflow waits for a repair command',
  UNFOLDABLE: 'a defect, or a build that is too old; the workflow is intact in the journal',
  DEAD_LETTER: 'look at the letter; it can be sent again',
  TIMER_STUCK: 'a defect of the decider; it is asked again every second',
  RUNTIME_DEFECT: 'a defect of this library or of a port',
};
