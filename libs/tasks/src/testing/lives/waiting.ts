import type { SeenTask } from '../run-view.ts';
import type { Handle, Scenario } from '../scenario.ts';

/** What a run waits for that will never come; undefined: all that it waits for can be named, or it does not run. */
export function waitsInVain(scenario: Scenario, run: Handle): string | undefined {
  const { state } = run;
  if (state.phase !== 'running' || state.quarantinedBecause !== undefined) return undefined;
  if (scenario.decider.hasPostponedWork(state)) return undefined;
  const open = run.seen.tasks.filter(({ status }) => status === 'SCHEDULED' || status === 'IN_PROGRESS');
  if (open.length === 0) return 'it runs, and nothing is open';
  return open.map((task) => nothingFor(scenario, run, task)).find((problem) => problem !== undefined);
}

/** Why nothing will ever happen to an open task. */
function nothingFor(
  scenario: Scenario,
  run: Handle,
  { ref, type, dueAt, dispatch, childId, seq, queued }: SeenTask,
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
  if (type === 'JOIN') return joinOpen(run, seq) > 0 ? undefined : `${ref} has everything that it waits for`;
  return `${ref} is a ${type} and does not run`;
}

function joinOpen({ state }: Handle, seq: number): number {
  return state.phase === 'running' ? (state.tasks.bySeq.get(seq - 1)?.joinOpen ?? 0) : 0;
}
