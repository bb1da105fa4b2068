import type { Due } from '@partitura/model';
import { earliestDue } from './due-times.ts';
import type { WorkflowState } from './workflow-state.ts';

const nothing: Due = {};

/**
 * When the workflow wants to be woken. A paused one keeps its promises (a WAIT ends) but enforces no limits; one that a
 * defect has stopped sleeps; one that has ended is done.
 */
export function nextDue(state: WorkflowState): Due {
  if (state.phase !== 'running' && state.phase !== 'paused') return nothing;
  if (state.quarantinedBecause !== undefined) return nothing;
  const timer = earliestDue(state.timers)?.time;
  if (state.phase === 'paused') return timer === undefined ? nothing : { timer };
  const limit = earliestDue(state.deadlines)?.time;
  const { timeoutAt } = state;
  const deadline = timeoutAt > 0 && (limit === undefined || timeoutAt < limit) ? timeoutAt : limit;
  return {
    ...(timer !== undefined && { timer }),
    ...(deadline !== undefined && { deadline }),
  };
}
