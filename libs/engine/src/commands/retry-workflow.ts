import {
  isSuccessful,
  rejection,
  type DecideContext,
  type ParentLink,
  type ReportEnd,
  type RetryWorkflow,
  type WorkflowCommand,
  type WorkflowEvent,
} from '@partitura/model';
import { evolve } from '../evolve/evolve.ts';
import { childReason } from '../react/react.ts';
import { hasChild, newestAttempts, repeats } from '../settle/revive.ts';
import { settle } from '../settle/settle.ts';
import type { Turn } from '../settle/turn.ts';
import { Worklist } from '../settle/worklist.ts';
import type { Task } from '../state/task.ts';
import { absent, type Refused } from '../state/workflow-state.ts';
import { live, reviveWith } from './child-revived.ts';
import { accepted, refused, repeated, type WorkflowDecision } from './decision.ts';
import { hear, isNews } from './parent.ts';

/**
 * Brings a workflow that did not complete back to life. Of every reference the newest attempt decides: a failed one is
 * followed by a new attempt at once, a container (JOIN …) goes on under its old id.
 */
export function retryWorkflow(turn: Turn, command: RetryWorkflow): WorkflowDecision {
  const { parent } = command;
  if (parent?.request !== undefined && !isNews(turn.run, parent.request)) return repeated();
  if (turn.run.phase === 'removed') return nothingToRetry(turn, parent, unknown(turn.run.id));
  if (turn.run.phase !== 'ended') return parentHeard(turn, parent);
  const newest = newestAttempts(turn);
  const failed = newest.filter((task) => !isSuccessful(task.status));
  if (command.resumeSubworkflowTasks) {
    const [first] = failed;
    if (first !== undefined && hasChild(first)) {
      reviveWith(turn, first, parent?.request);
      return accepted(turn);
    }
    if (failed.length === 0 && newest.length > 0 && turn.run.end?.status !== 'TIMED_OUT') {
      return parent === undefined ? accepted(turn) : nothingToRetry(turn, parent, nothing);
    }
  }
  if (newest.length === 0) return nothingToRetry(turn, parent, 'Workflow has not started yet');
  if (turn.run.end?.status === 'COMPLETED' || (failed.length === 0 && turn.run.end?.status !== 'TIMED_OUT')) {
    return nothingToRetry(turn, parent, nothing);
  }
  retryFailed(turn, newest, parent?.request);
  return accepted(turn);
}

const nothing = 'There are no retryable tasks! Use restart if you want to attempt entire workflow execution again.';

function retryFailed(turn: Turn, newest: readonly Task[], request: number | undefined): void {
  live(turn, request);
  const [loops, others, joins] = [new Worklist(), new Worklist(), new Worklist()];
  for (const task of newest) {
    const { seq } = task.plan;
    if (task.status === 'SKIPPED') continue;
    if (isSuccessful(task.status)) others.add('mend', seq);
    else if (turn.kindOf(task).traits.reopens) (repeats(turn, task) ? loops : joins).add('reopen', seq);
    else others.add('again', seq);
  }
  for (const list of [loops, others, joins]) turn.agenda.later({ do: 'each', list });
  settle(turn);
}

/** A parent that waits has to be told how things stand; everybody else is refused. */
function nothingToRetry(turn: Turn, parent: ParentLink | undefined, reason: string): WorkflowDecision {
  if (parent === undefined) return refused(rejection('NOTHING_TO_RETRY', reason));
  turn.emit({ type: 'RevivalRefused', parent, reason });
  return accepted(turn);
}

/**
 * A parent waits for the end of this workflow, be it that it wanted it to go on, or that it has heard that it lives
 * again. One that is over says how it stands.
 */
export function reportEnd(turn: Turn, { parent }: ReportEnd): WorkflowDecision {
  const { run } = turn;
  if (!isNews(run, parent.request)) return repeated();
  if (run.phase === 'running' || run.phase === 'paused') return parentHeard(turn, parent);
  const reason = run.phase === 'removed' || run.end === undefined ? unknown(run.id) : childReason(run, run.end);
  return nothingToRetry(turn, parent, reason);
}

function parentHeard(turn: Turn, parent: ParentLink | undefined): WorkflowDecision {
  hear(turn, parent?.request);
  return accepted(turn);
}

const unknown = (id: string): string => `No such workflow found by id: ${id}`;

const parentOf = (command: WorkflowCommand): ParentLink | undefined =>
  command.type === 'RetryWorkflow' || command.type === 'ReportEnd' ? command.parent : undefined;

/** Neither the journal nor the archive knows of such a child: the id is spent from now on, and the parent told so. */
export function refuseUnknown(command: WorkflowCommand, context: DecideContext): WorkflowDecision {
  const reason = unknown(context.aggregate);
  const parent = parentOf(command);
  if (parent === undefined) return refused(rejection('WORKFLOW_NOT_FOUND', reason));
  const event: WorkflowEvent = { type: 'WorkflowStartRefused', name: '', version: 0, parent, reason };
  return { kind: 'accepted', events: [event], state: evolve(absent, event, context) };
}

/** This workflow never came to be. Its parent was told so, and is told again. */
export function refuseToGoOn(state: Refused, command: WorkflowCommand, context: DecideContext): WorkflowDecision {
  const reason = unknown(context.aggregate);
  const parent = parentOf(command);
  if (parent === undefined) return refused(rejection('WORKFLOW_NOT_FOUND', reason));
  const event: WorkflowEvent = { type: 'RevivalRefused', parent, reason };
  return { kind: 'accepted', events: [event], state: evolve(state, event, context) };
}
