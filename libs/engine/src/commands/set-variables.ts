import { rejection, type SetVariables } from '@partitura/model';
import { tooLargeForVariables } from '../limits.ts';
import type { Turn } from '../settle/turn.ts';
import { accepted, refused, type WorkflowDecision } from './decision.ts';

/** Variables are replaced from outside, key by key; what is rendered from now on sees them. */
export function setVariables(turn: Turn, { values }: SetVariables): WorkflowDecision {
  const problem = tooLargeForVariables(turn.run.variables, values, turn.run.id);
  if (problem !== undefined) return refused(rejection('TOO_LARGE', problem));
  turn.emit({ type: 'VariablesSet', values });
  return accepted(turn);
}
