import { rejection, type RemoveWorkflow } from '@partitura/model';
import { endWorkflow } from '../settle/end-workflow.ts';
import { statusOf } from '../settle/scope.ts';
import { settle } from '../settle/settle.ts';
import type { Turn } from '../settle/turn.ts';
import { accepted, refused, type WorkflowDecision } from './decision.ts';

/** Takes the workflow out of everything that is shown. A running one is terminated first, so no child is orphaned. */
export function removeWorkflow(turn: Turn, command: RemoveWorkflow): WorkflowDecision {
  const { run } = turn;
  if (run.phase !== 'ended') {
    const status = statusOf(run);
    if (command.onlyEnded) {
      return refused(rejection('WORKFLOW_NOT_ENDED', `Cannot archive workflow: ${run.id} with status: ${status}`));
    }
    endWorkflow(turn, { status: 'TERMINATED', reason: undefined, compensated: false });
    settle(turn);
  }
  turn.emit({ type: 'WorkflowRemoved' });
  return accepted(turn);
}
