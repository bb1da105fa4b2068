import { List } from 'immutable';
import type { WorkPostponed } from '@partitura/model';
import type { Run } from '../state/workflow-state.ts';

export function workPostponed(run: Run, event: WorkPostponed): Run {
  return { ...run, postponed: event.agenda };
}

/** The decision that continues has taken the agenda, and what ended meanwhile. */
export function workContinued(run: Run): Run {
  return { ...run, postponed: undefined, unfollowed: List() };
}
