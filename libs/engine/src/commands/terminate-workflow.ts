import type { TerminateWorkflow } from '@partitura/model';
import { endWorkflow } from '../settle/end-workflow.ts';
import { settle } from '../settle/settle.ts';
import type { Turn } from '../settle/turn.ts';
import { accepted, type WorkflowDecision } from './decision.ts';

/** Ends the workflow from outside: without its failure workflow unless told otherwise; of one that failed the status and the reason are replaced. */
export function terminateWorkflow(turn: Turn, command: TerminateWorkflow): WorkflowDecision {
  endWorkflow(turn, {
    status: 'TERMINATED',
    reason: command.reason,
    compensated: command.triggerFailureWorkflow === true,
  });
  settle(turn);
  return accepted(turn);
}
