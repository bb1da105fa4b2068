import {
  isSuccessful,
  rejection,
  type DecideContext,
  type ParentLink,
  type RetryWorkflow,
  type WorkflowCommand,
  type WorkflowEvent,
} from '@partitura/model';
import { evolve } from '../evolve/evolve.ts';
import { newestAttempts } from '../settle/revive.ts';
import { settle } from '../settle/settle.ts';
import type { Turn } from '../settle/turn.ts';
import { Worklist } from '../settle/worklist.ts';
import type { Task } from '../state/task.ts';
import type { Refused } from '../state/workflow-state.ts';
import { reviveWith } from './child-revived.ts';
import { accepted, refused, type WorkflowDecision } from './decision.ts';
import { timeoutFrom } from './start-workflow.ts';

/**
 * Brings a workflow that did not complete back to life. Of every reference the newest attempt decides: a failed one is
 * followed by a new attempt at once, a container (JOIN …) goes on under its old id.
 */
export function retryWorkflow(turn: Turn, command: RetryWorkflow): WorkflowDecision {
  if (turn.run.phase === 'removed') return nothingToRetry(turn, command.parent, unknown(turn.run.id));
  const newest = newestAttempts(turn);
  const failed = newest.filter((task) => !isSuccessful(task.status));
  if (command.resumeSubworkflowTasks) {
    const [first] = failed;
    if (first !== undefined && hasChild(first)) {
      reviveWith(turn, first);
      return accepted(turn);
    }
    if (failed.length === 0 && newest.length > 0 && turn.run.end?.status !== 'TIMED_OUT') {
      return command.parent === undefined ? accepted(turn) : nothingToRetry(turn, command.parent, nothing);
    }
  }
  if (newest.length === 0) return nothingToRetry(turn, command.parent, 'Workflow has not started yet');
  if (turn.run.end?.status === 'COMPLETED' || (failed.length === 0 && turn.run.end?.status !== 'TIMED_OUT')) {
    return nothingToRetry(turn, command.parent, nothing);
  }
  retryFailed(turn, newest);
  return accepted(turn);
}

const nothing = 'There are no retryable tasks! Use restart if you want to attempt entire workflow execution again.';

function retryFailed(turn: Turn, newest: readonly Task[]): void {
  turn.emit({ type: 'WorkflowRetried', timeoutAt: timeoutFrom(turn.at, turn.graph.definition) });
  const [others, containers] = [new Worklist(), new Worklist()];
  for (const task of newest) {
    const { seq } = task.plan;
    if (task.status === 'SKIPPED') continue;
    if (isSuccessful(task.status)) others.add('mend', seq);
    else if (turn.kindOf(task).traits.reopens) containers.add('reopen', seq);
    else others.add('again', seq);
  }
  for (const list of [others, containers]) turn.agenda.later({ do: 'each', list });
  settle(turn);
}

/** A child that could not even start is replaced, not resumed. */
const hasChild = ({ plan, dispatch, output }: Task): boolean =>
  plan.child !== undefined && dispatch > 0 && output.object['subWorkflowId'] === plan.child.workflowId;

/** A parent that waits has to be told how things stand; everybody else is refused. */
function nothingToRetry(turn: Turn, parent: ParentLink | undefined, reason: string): WorkflowDecision {
  if (parent === undefined) return refused(rejection('NOTHING_TO_RETRY', reason));
  turn.emit({ type: 'RevivalRefused', parent, reason });
  return accepted(turn);
}

const unknown = (id: string): string => `No such workflow found by id: ${id}`;

/** This workflow never came to be. Its parent was told so, and is told again. */
export function refuseToGoOn(state: Refused, command: WorkflowCommand, context: DecideContext): WorkflowDecision {
  const reason = unknown(context.aggregate);
  const parent = command.type === 'RetryWorkflow' ? command.parent : undefined;
  if (parent === undefined) return refused(rejection('WORKFLOW_NOT_FOUND', reason));
  const event: WorkflowEvent = { type: 'RevivalRefused', parent, reason };
  return { kind: 'accepted', events: [event], state: evolve(state, event, context) };
}
