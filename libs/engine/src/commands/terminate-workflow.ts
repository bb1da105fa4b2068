import type { TerminateWorkflow } from '@partitura/model';
import { endWorkflow } from '../settle/end-workflow.ts';
import { settle } from '../settle/settle.ts';
import type { Turn } from '../settle/turn.ts';
import { accepted, repeated, type WorkflowDecision } from './decision.ts';
import { hear, isNews } from './parent.ts';

/** Ends the workflow from outside: without its failure workflow unless told otherwise; of one that failed the status and the reason are replaced. */
export function terminateWorkflow(turn: Turn, command: TerminateWorkflow): WorkflowDecision {
  if (command.byParent) {
    const news = isNews(turn.run, command.request);
    if (news) hear(turn, command.request);
    // It crosses the end of this child, whose outcome stands; what it takes back may be still to come.
    if (turn.run.phase === 'ended') return news ? accepted(turn) : repeated();
  }
  endWorkflow(turn, {
    status: 'TERMINATED',
    reason: command.reason,
    compensated: command.triggerFailureWorkflow === true,
  });
  settle(turn);
  return accepted(turn);
}
