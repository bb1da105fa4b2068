import type { SeenTask } from '../run-view.ts';
import type { Handle, Scenario } from '../scenario.ts';

/** What a run waits for that will never come; undefined: all that it waits for can be named, or it does not run. */
export function waitsInVain(scenario: Scenario, run: Handle): string | undefined {
  const { state } = run;
  if (state.phase !== 'running' || state.quarantinedBecause !== undefined) return undefined;
  if (scenario.decider.hasPostponedWork(state)) return undefined;
  const open = run.seen.tasks.filter(({ status }) => status === 'SCHEDULED' || status === 'IN_PROGRESS');
  if (open.length === 0) return 'it runs, and nothing is open';
  for (const task of open) {
    const problem = nothingFor(scenario, run, task, open);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Why nothing will ever happen to an open task. */
function nothingFor(
  scenario: Scenario,
  { state }: Handle,
  { ref, type, dueAt, dispatch, childId, seq, queued }: SeenTask,
  open: readonly SeenTask[],
): string | undefined {
  if (dueAt > 0) return undefined;
  if (queued) return dispatch > 0 ? undefined : `${ref} was never handed out`;
  if (childId !== undefined) {
    const child = scenario.run(childId);
    return child.status === 'RUNNING' || child.status === 'PAUSED'
      ? undefined
      : `${ref} waits for ${childId}, which is ${child.status}`;
  }
  if (type === 'WAIT' || type === 'HUMAN') return undefined;
  const task = state.phase === 'running' ? state.tasks.bySeq.get(seq - 1) : undefined;
  if (task === undefined) return `${ref} is in no state`;
  if (type === 'JOIN' || type === 'EXCLUSIVE_JOIN')
    return task.joinOpen > 0 ? undefined : `${ref} has everything that it waits for`;
  // Somebody was asked.
  if (task.offeredAt > 0) return undefined;
  if (type === 'DO_WHILE' && open.some(({ iteration }) => iteration > 0)) return undefined;
  return `${ref} is a ${type} and does not run`;
}
