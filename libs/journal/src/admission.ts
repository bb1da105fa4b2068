import type { AdmissionState, JournalRecord } from '@partitura/model';

/**
 * The admission rule: which records of a journal partition count. Every reader applies it (owner, projector, publisher,
 * replay, tests), so whatever was appended by zombies, twice or late, all of them see one history.
 */

/** The fold's state; begins at {@link beginning} or at the X of an admitted checkpoint, nowhere else. */
export type Admission = { -readonly [K in keyof AdmissionState]: AdmissionState[K] };

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
    return 'claim';
  }
  if (record.epoch === state.epoch && record.index === state.next) {
    state.next += 1;
    return 'admit';
  }
  const fromTheFuture = record.epoch > state.epoch || (record.epoch === state.epoch && record.index > state.next);
  return fromTheFuture ? 'halt' : 'skip';
}
