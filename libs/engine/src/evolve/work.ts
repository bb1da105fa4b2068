import { List } from 'immutable';
import type { WorkPostponed } from '@partitura/model';
import { draftOfRun, type Run } from '../state/workflow-state.ts';

export function workPostponed(run: Run, event: WorkPostponed): Run {
  const next = draftOfRun(run);
  next.postponed = event.agenda;
  return next;
}

/** The decision that continues has taken the agenda, and what ended meanwhile. */
export function workContinued(run: Run): Run {
  const next = draftOfRun(run);
  next.postponed = undefined;
  next.unfollowed = List();
  return next;
}
