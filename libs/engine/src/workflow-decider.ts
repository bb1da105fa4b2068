import {
  rejection,
  type ClosedDecision,
  type DecideContext,
  type Decider,
  type OwnerSignal,
  type Rejection,
  type WorkflowCommand,
  type WorkflowEvent,
} from '@partitura/model';
import { addTaskLogs } from './commands/add-task-logs.ts';
import { childEnded } from './commands/child-ended.ts';
import { childRevived } from './commands/child-revived.ts';
import { accepted, refused, repeated, type WorkflowDecision } from './commands/decision.ts';
import { continueWork, quarantine, undeliverable } from './commands/owner-signals.ts';
import { pauseWorkflow, resumeWorkflow } from './commands/pause-resume.ts';
import { removeWorkflow } from './commands/remove-workflow.ts';
import { rerunWorkflow } from './commands/rerun-workflow.ts';
import { resetCallbacks } from './commands/reset-callbacks.ts';
import { restartWorkflow } from './commands/restart-workflow.ts';
import { refuseToGoOn, refuseUnknown, reportEnd, retryWorkflow } from './commands/retry-workflow.ts';
import { setVariables } from './commands/set-variables.ts';
import { jumpToTask, skipTask } from './commands/skip-task.ts';
import { startWorkflow } from './commands/start-workflow.ts';
import { taskResult } from './commands/task-result.ts';
import { taskStarted } from './commands/task-started.ts';
import { terminateWorkflow } from './commands/terminate-workflow.ts';
import { wake } from './commands/wake.ts';
import type { Engine } from './engine.ts';
import { evolve } from './evolve/evolve.ts';
import { Library } from './graph/library.ts';
import { closedRule, closedTagOf, isWorkflowCommand, readTag, refusal, ruleFor, subjectOf } from './lifecycle.ts';
import { endedRun } from './react/ended-run.ts';
import { react } from './react/react.ts';
import type { Environment } from './settle/scope.ts';
import { Turn } from './settle/turn.ts';
import { decodeState, encodeState, stateEncoder, stateVersion } from './snapshot/snapshot.ts';
import { nextDue } from './state/next-due.ts';
import { absent, type WorkflowState } from './state/workflow-state.ts';
import type { TaskKinds } from './task-kinds.ts';

export type WorkflowDecider = Decider<WorkflowState, WorkflowCommand, WorkflowEvent>;

export interface WorkflowDeciderOptions {
  readonly environment?: Environment;
  /** How many compiled definitions are kept in memory; default 1000. */
  readonly definitionsMax?: number;
}

/** The workflow aggregate, with the task kinds that this installation knows. */
export function workflowDecider(kinds: TaskKinds, options: WorkflowDeciderOptions = {}): WorkflowDecider {
  const library = new Library(kinds, options.definitionsMax);
  const engine: Engine = { library, environment: options.environment ?? { variables: {} } };
  return {
    initial: absent,
    decide: (state, command, context) => decide(state, command, context, engine),
    evolve,
    react: (state, event, context) => react(state, event, context, engine),
    nextDue,
    isClosed,
    hasPostponedWork,
    mayInterrupt: (_state, command) => mayInterrupt(command),
    remembers: ({ type }) => remembered.has(type),
    closedTag: closedTagOf,
    decideClosed,
    decideUnknown: refuseUnknown,
    endedRun,
    pins: (state) => (state.phase === 'absent' || state.phase === 'refused' ? [] : [state.start.definitionHash]),
    stateVersion,
    encodeState,
    stateEncoder,
    decodeState,
  };
}

/**
 * Commands from outside that are remembered by their id. Reports are not: task, hand-over and status name them. A
 * decider is asked about commands of other aggregates too, and remembers none of them.
 */
const remembered: ReadonlySet<string> = new Set<WorkflowCommand['type']>([
  'StartWorkflow',
  'PauseWorkflow',
  'ResumeWorkflow',
  'TerminateWorkflow',
  'RetryWorkflow',
  'RestartWorkflow',
  'RerunWorkflow',
  'SkipTask',
  'JumpToTask',
  'ResetCallbacks',
  'SetVariables',
  'RemoveWorkflow',
  'AddTaskLogs',
  'ChildEnded',
  'ChildRevived',
  'ReportEnd',
]);

function decide(
  state: WorkflowState,
  command: WorkflowCommand | OwnerSignal,
  context: DecideContext,
  engine: Engine,
): WorkflowDecision {
  if (isSignal(command)) return decideSignal(state, command, context, engine);
  if (!isWorkflowCommand(command)) return refused(notForWorkflows(command));
  const rule = ruleFor(state, command, context.aggregate);
  if (rule === 'ignore') return repeated();
  if (rule !== 'decide') return refused(refusal(rule, subjectOf(state, context.aggregate), command));
  if (command.type === 'StartWorkflow') return startWorkflow(command, context, engine);
  if (state.phase === 'refused') return refuseToGoOn(state, command, context);
  return decideRun(new Turn(state, context, engine), command);
}

const notForWorkflows = ({ type }: { readonly type: string }): Rejection =>
  rejection('INVALID_COMMAND', `a workflow knows no command ${type}`);

type RunCommand = Exclude<WorkflowCommand, { readonly type: 'StartWorkflow' }>;

function decideRun(turn: Turn, command: RunCommand): WorkflowDecision {
  switch (command.type) {
    case 'TaskResult':
      return taskResult(turn, command);
    case 'TaskStarted':
      return taskStarted(turn, command);
    case 'ChildEnded':
      return childEnded(turn, command);
    case 'ChildRevived':
      return childRevived(turn, command);
    case 'ReportEnd':
      return reportEnd(turn, command);
    case 'PauseWorkflow':
      return pauseWorkflow(turn);
    case 'ResumeWorkflow':
      return resumeWorkflow(turn);
    case 'TerminateWorkflow':
      return terminateWorkflow(turn, command);
    case 'RetryWorkflow':
      return retryWorkflow(turn, command);
    case 'RestartWorkflow':
      return restartWorkflow(turn, command);
    case 'RerunWorkflow':
      return rerunWorkflow(turn, command);
    case 'SkipTask':
      return skipTask(turn, command);
    case 'JumpToTask':
      return jumpToTask(turn, command);
    case 'ResetCallbacks':
      return resetCallbacks(turn);
    case 'SetVariables':
      return setVariables(turn, command);
    case 'RemoveWorkflow':
      return removeWorkflow(turn, command);
    case 'AddTaskLogs':
      return addTaskLogs(turn, command);
  }
}

const signals: ReadonlySet<string> = new Set<OwnerSignal['type']>(['Wake', 'Continue', 'Undeliverable', 'Quarantine']);

function isSignal(command: WorkflowCommand | OwnerSignal): command is OwnerSignal {
  return signals.has(command.type);
}

/** The owner's word about something that is over by now changes nothing. */
function decideSignal(
  state: WorkflowState,
  signal: OwnerSignal,
  context: DecideContext,
  engine: Engine,
): WorkflowDecision {
  const turn = new Turn(state, context, engine);
  if (state.phase === 'absent' || state.phase === 'refused') return accepted(turn);
  switch (signal.type) {
    case 'Wake':
      return state.quarantinedBecause === undefined ? wake(turn, signal) : accepted(turn);
    case 'Continue':
      return continueWork(turn);
    case 'Undeliverable':
      return undeliverable(turn, signal);
    case 'Quarantine':
      return quarantine(turn, signal);
  }
}

function isClosed(state: WorkflowState): boolean {
  if (state.phase === 'absent') return false;
  if (state.phase === 'refused') return true;
  return (state.phase === 'ended' || state.phase === 'removed') && state.postponed === undefined;
}

/** Paused and quarantined workflows keep their postponed work until they go on, or end. */
function hasPostponedWork(state: WorkflowState): boolean {
  if (state.phase === 'absent' || state.phase === 'refused' || state.phase === 'paused') return false;
  return state.postponed !== undefined && (state.quarantinedBecause === undefined || state.phase !== 'running');
}

/** Decided at once although work is postponed: what stops the workflow, and what tasks that exist report. */
function mayInterrupt({ type }: WorkflowCommand): boolean {
  switch (type) {
    case 'TerminateWorkflow':
    case 'PauseWorkflow':
    case 'TaskStarted':
    case 'TaskResult':
    case 'AddTaskLogs':
    case 'ChildEnded':
      return true;
    case 'StartWorkflow':
    case 'ResumeWorkflow':
    case 'RetryWorkflow':
    case 'RestartWorkflow':
    case 'RerunWorkflow':
    case 'SkipTask':
    case 'JumpToTask':
    case 'ResetCallbacks':
    case 'SetVariables':
    case 'RemoveWorkflow':
    case 'ChildRevived':
    case 'ReportEnd':
      return false;
  }
}

function decideClosed(tag: string | undefined, command: WorkflowCommand, aggregate: string): ClosedDecision {
  if (!isWorkflowCommand(command)) return { kind: 'rejected', rejection: notForWorkflows(command) };
  const rule = closedRule(tag, command, aggregate);
  if (rule === 'revive') return { kind: 'revive' };
  if (rule === 'decide' || rule === 'ignore') return { kind: 'repeated' };
  const subject = (tag === undefined ? undefined : readTag(tag, aggregate)) ?? subjectOf(absent, aggregate);
  return { kind: 'rejected', rejection: refusal(rule, subject, command) };
}
