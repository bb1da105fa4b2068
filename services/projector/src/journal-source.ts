import type { Log } from '@partitura/log';
import type { JournalRecord } from '@partitura/model';

/** The journal as the projector reads it. */
export interface JournalSource {
  readonly log: Log;
  readonly topic: string;
  /** Throws `Fault` for records that this build cannot read. */
  readonly decode: (value: Uint8Array) => JournalRecord;
}

/** Journals above this level hold events that this build would misread. */
export const featureLevelKnown = 1;

export type AlarmCode =
  /** A record that cannot be in an intact log. */
  | 'JOURNAL_IMPOSSIBLE'
  /** The log was cut behind our position, or our position lies outside it. */
  | 'JOURNAL_TRUNCATED'
  /** A record of a later build, or none of ours. */
  | 'JOURNAL_UNREADABLE'
  /** The database cannot be written; tried again. */
  | 'DATABASE_FAILING'
  /** The journal cannot be read; tried again. */
  | 'JOURNAL_FAILING';

export interface Alarm {
  readonly partition: number;
  readonly code: AlarmCode;
  readonly message: string;
  readonly cause?: unknown;
}
