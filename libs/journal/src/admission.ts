import type { AdmissionState, JournalRecord } from '@partitura/model';

/**
 * The admission rule: which records of a journal partition count. Every reader applies it (owner, projector, publisher,
 * replay, tests), so whatever was appended by zombies, twice or late, all of them see one history.
 */

/**
 * The fold's state; begins at {@link beginning} or at the X of an admitted checkpoint, nowhere else. A fold that has seen
 * the current claim also knows the index that was next then: `first` only finds cut logs, it never decides what counts,
 * so it is not stored.
 */
export type Admission = { -readonly [K in keyof AdmissionState]: AdmissionState[K] } & { first?: number };

/** The state before offset 0. */
export const beginning = (): Admission => ({ epoch: -1, token: '', next: 0 });

/**
 * - `claim`: a new owner; its offset is the epoch from here on.
 * - `admit`: the next entry of the history.
 * - `skip`: a zombie's write, a second copy, a repeated claim. Counts for nothing.
 * - `halt`: cannot be in an intact log. The log was truncated under us: stop with an alarm.
 */
export type Verdict = 'claim' | 'admit' | 'skip' | 'halt';

/** Folds one record; `state` moves on. Only the current token is looked at, so readers that began elsewhere agree. */
export function admit(state: Admission, record: JournalRecord, offset: number): Verdict {
  if (record.kind === 'claim') {
    if (record.token === state.token) return 'skip';
    state.epoch = offset;
    state.token = record.token;
    state.first = state.next;
    return 'claim';
  }
  if (record.epoch === state.epoch && record.index === state.next) {
    state.next += 1;
    return 'admit';
  }
  if (record.epoch !== state.epoch) return record.epoch > state.epoch ? 'halt' : 'skip';
  // Ahead of what was read, or behind what its writer must have read: we have read another log than the writer has.
  const impossible = record.index > state.next || (state.first !== undefined && record.index < state.first);
  return impossible ? 'halt' : 'skip';
}
