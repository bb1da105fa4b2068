import {
  rejection,
  type Rejection,
  type RejectionCode,
  type StartWorkflow,
  type WorkflowCommand,
  type WorkflowStatus,
} from '@partitura/model';
import { statusOf } from './settle/scope.ts';
import type { Run, WorkflowState } from './state/workflow-state.ts';

/** What happens to a command because of the phase that the workflow is in. */
export type Rule =
  /** Its handler decides. */
  | 'decide'
  /** There is nothing to do any more; whoever sent it may take it for done. */
  | 'ignore'
  | { readonly refuse: RejectionCode; readonly because: (subject: Subject, command: WorkflowCommand) => string };

/** Who a refusal speaks of. */
export interface Subject {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly status: WorkflowStatus;
}

type Column = WorkflowStatus;
type CommandType = WorkflowCommand['type'];

const refuse = (code: RejectionCode, because: (subject: Subject, command: WorkflowCommand) => string): Rule => ({
  refuse: code,
  because,
});

const exists = refuse('WORKFLOW_EXISTS', ({ id }) => `Workflow with id: ${id} already exists`);
const ended = refuse(
  'WORKFLOW_ENDED',
  ({ name, version, id }) => `Workflow ${name}.${version}/${id} has ended, status cannot be updated.`,
);
const notPaused = refuse(
  'WORKFLOW_NOT_PAUSED',
  ({ id, status }) => `The workflow ${id} is not PAUSED so cannot resume. Current status is ${status}`,
);
const completed = refuse('WORKFLOW_ENDED', () => 'Cannot terminate a COMPLETED workflow.');
const stillRunning = refuse('WORKFLOW_NOT_ENDED', ({ status }) => `Workflow is still running.  status=${status}`);
const notEndedSoNo = (what: string): Rule =>
  refuse(
    'WORKFLOW_NOT_ENDED',
    ({ name, version, id, status }) =>
      `Workflow: ${name}.${version}/${id}.${status} is not in terminal state, unable to ${what}.`,
  );
const cannotRestart = notEndedSoNo('restart');
const cannotRerun = notEndedSoNo('rerun');
const cannotSkip = refuse('INVALID_STATE', ({ id }, command) => {
  const reference = 'referenceName' in command ? command.referenceName : '';
  const done = command.type === 'JumpToTask' ? 'jumped to' : 'skipped';
  return `The workflow ${id} is not running so the task referenced by ${reference} cannot be ${done}`;
});
const callbacksEnded = refuse('WORKFLOW_ENDED', ({ status }) => `Workflow is in terminal state. Status = ${status}`);
const nothingToRetry = refuse(
  'NOTHING_TO_RETRY',
  () => 'There are no retryable tasks! Use restart if you want to attempt entire workflow execution again.',
);
const noTask = refuse('TASK_NOT_FOUND', ({ id }) => `No such workflow found by id: ${id}`);
const overTask = refuse('WORKFLOW_ENDED', ({ id, status }) => `Workflow ${id} has ended with status ${status}`);

/** Rows: commands. Columns: the status of a workflow that has started. */
const table: Readonly<Record<CommandType, Readonly<Record<Column, Rule>>>> = {
  StartWorkflow: row(exists, exists, exists),
  PauseWorkflow: row('decide', 'ignore', ended),
  ResumeWorkflow: row(notPaused, 'decide', notPaused),
  TerminateWorkflow: {
    ...row('decide', 'decide', 'decide'),
    COMPLETED: completed,
    TERMINATED: 'ignore',
  },
  RetryWorkflow: { ...row(stillRunning, stillRunning, 'decide'), COMPLETED: nothingToRetry },
  RestartWorkflow: row(cannotRestart, cannotRestart, 'decide'),
  RerunWorkflow: row(cannotRerun, cannotRerun, 'decide'),
  SkipTask: row('decide', cannotSkip, cannotSkip),
  JumpToTask: row('decide', cannotSkip, cannotSkip),
  ResetCallbacks: row('decide', 'decide', callbacksEnded),
  SetVariables: row('decide', 'decide', ended),
  RemoveWorkflow: row('decide', 'decide', 'decide'),
  TaskStarted: row('decide', 'decide', overTask),
  TaskResult: row('decide', 'decide', 'decide'),
  AddTaskLogs: row('decide', 'decide', 'decide'),
  ChildEnded: row('decide', 'decide', 'ignore'),
  ChildRevived: row('decide', 'decide', 'decide'),
  ReportEnd: row('decide', 'decide', 'decide'),
};

/** Whether a workflow knows commands of this type at all. Anybody may address anything to any id. */
export const isWorkflowCommand = (command: { readonly type: string }): command is WorkflowCommand =>
  Object.hasOwn(table, command.type);

function row(running: Rule, paused: Rule, over: Rule): Readonly<Record<Column, Rule>> {
  return { RUNNING: running, PAUSED: paused, COMPLETED: over, FAILED: over, TIMED_OUT: over, TERMINATED: over };
}

/** Commands that a workflow which a defect has stopped still takes: reports of its tasks, and what repairs it. */
const whileQuarantined: ReadonlySet<CommandType> = new Set<CommandType>([
  'ResumeWorkflow',
  'TerminateWorkflow',
  'RemoveWorkflow',
  'TaskStarted',
  'TaskResult',
  'AddTaskLogs',
  'ChildEnded',
  'ChildRevived',
]);

/** The rule for a command in a state; absent workflows know only the start. */
export function ruleFor(state: WorkflowState, command: WorkflowCommand, id: string): Rule {
  switch (state.phase) {
    case 'absent':
      return command.type === 'StartWorkflow' ? 'decide' : unknownWorkflow(command.type, id);
    case 'refused':
    case 'removed':
      return goneRule(command, id);
    case 'running':
    case 'paused':
    case 'ended':
      if (state.phase === 'ended' && isWordOfParent(command)) return 'decide';
      return state.quarantinedBecause === undefined || state.phase === 'ended'
        ? startedRule(command, statusOf(state))
        : quarantinedRule(state, command);
  }
}

function startedRule(command: WorkflowCommand, status: WorkflowStatus): Rule {
  // The word of a parent that ends may cross the end of its child, whose outcome stands.
  if (isWordOfParent(command) && !isOpenStatus(status)) return 'ignore';
  if (command.type === 'StartWorkflow' && command.idempotencyKey !== undefined) return keyedStart(command, status);
  // Whatever its status: a parent that waits is answered.
  if (isAwaitedByParent(command)) return 'decide';
  return table[command.type][status];
}

const keyTaken = refuse('IDEMPOTENCY_CONFLICT', ({ id, status }, command) => {
  const key = command.type === 'StartWorkflow' ? command.idempotencyKey : undefined;
  return `The idempotency key ${key ?? ''} belongs to workflow ${id}, whose status is ${status}`;
});

const keySpent = refuse('KEY_SPENT', ({ id }, command) => {
  const key = command.type === 'StartWorkflow' ? command.idempotencyKey : undefined;
  return `Workflow ${id} of the idempotency key ${key ?? ''} is over; the next run of the key has another id`;
});

/** A start under a key that was used before; without a strategy it means the workflow that is there. */
function keyedStart({ idempotencyStrategy }: StartWorkflow, status: WorkflowStatus): Rule {
  switch (idempotencyStrategy) {
    case 'FAIL':
      return keyTaken;
    case 'FAIL_ON_RUNNING':
      return isOpenStatus(status) ? keyTaken : keySpent;
    default:
      return 'ignore';
  }
}

const isAwaitedByParent = (command: WorkflowCommand): boolean =>
  command.type === 'ReportEnd' || (command.type === 'RetryWorkflow' && command.parent !== undefined);

const isWordOfParent = (command: WorkflowCommand): boolean => command.type === 'TerminateWorkflow' && command.byParent;

const isOpenStatus = (status: WorkflowStatus): boolean => status === 'RUNNING' || status === 'PAUSED';

/** The id is spent, but there is nothing behind it: a child that could not start, or a workflow that was removed. */
function goneRule(command: WorkflowCommand, id: string): Rule {
  if (command.type === 'StartWorkflow') return command.idempotencyKey === undefined ? exists : keySpent;
  if (command.type === 'ChildRevived') return 'ignore';
  if (isAwaitedByParent(command)) return 'decide';
  return isWordOfParent(command) ? 'ignore' : unknownWorkflow(command.type, id);
}

function quarantinedRule(run: Run, command: WorkflowCommand): Rule {
  const { type } = command;
  if (command.type === 'StartWorkflow') return startedRule(command, statusOf(run));
  if (type === 'ResumeWorkflow') return 'decide';
  if (whileQuarantined.has(type) || isAwaitedByParent(command)) return startedRule(command, statusOf(run));
  return refuse(
    'WORKFLOW_QUARANTINED',
    ({ id }) =>
      `Workflow ${id} was stopped by a defect (${run.quarantinedBecause ?? ''}); resume, terminate or remove it`,
  );
}

/** The end of a child finds nobody and needs nobody; everybody else is told. */
function unknownWorkflow(type: CommandType, id: string): Rule {
  if (type === 'ChildEnded') return 'ignore';
  if (type === 'TaskResult' || type === 'TaskStarted' || type === 'AddTaskLogs') return noTask;
  return refuse('WORKFLOW_NOT_FOUND', () => `No such workflow found by id: ${id}`);
}

/** What the closed set keeps of a workflow, so that simple commands need no history: `STATUS name.version`. */
export function closedTagOf(state: WorkflowState): string {
  switch (state.phase) {
    case 'absent':
    case 'refused':
    case 'removed':
      return 'GONE';
    case 'running':
    case 'paused':
    case 'ended':
      return `${statusOf(state)} ${state.start.name}.${state.start.version}`;
  }
}

/**
 * The rule for a command to a workflow that is not in memory; `revive`: its history is needed.
 *
 * @param tag What the closed set keeps of it; undefined: it is in no closed set, but the archive may know it.
 */
export function closedRule(tag: string | undefined, command: WorkflowCommand, id: string): Rule | 'revive' {
  if (tag === undefined) return needsHistory(command) ? 'revive' : unknownWorkflow(command.type, id);
  const closed = readTag(tag, id);
  if (closed === undefined) return isAwaitedByParent(command) ? 'revive' : goneRule(command, id);
  const rule = startedRule(command, closed.status);
  if (rule !== 'decide') return rule;
  if (command.type === 'TaskResult') return 'ignore';
  return command.type === 'AddTaskLogs' ? overTask : 'revive';
}

function needsHistory(command: WorkflowCommand): boolean {
  switch (command.type) {
    case 'RetryWorkflow':
    case 'RestartWorkflow':
    case 'RerunWorkflow':
    case 'RemoveWorkflow':
    case 'ChildRevived':
    case 'ReportEnd':
      return true;
    case 'TerminateWorkflow':
      return !command.byParent;
    case 'StartWorkflow':
    case 'PauseWorkflow':
    case 'ResumeWorkflow':
    case 'SkipTask':
    case 'JumpToTask':
    case 'ResetCallbacks':
    case 'SetVariables':
    case 'TaskStarted':
    case 'TaskResult':
    case 'AddTaskLogs':
    case 'ChildEnded':
      return false;
  }
}

export function readTag(tag: string, id: string): Subject | undefined {
  const match = /^([A-Z_]+) (.*)\.(\d+)$/s.exec(tag);
  if (match === null) return undefined;
  const [, status, name, version] = match;
  return { id, status: status as WorkflowStatus, name: name ?? '', version: Number(version) };
}

export function refusal(rule: Exclude<Rule, string>, subject: Subject, command: WorkflowCommand): Rejection {
  return rejection(rule.refuse, rule.because(subject, command));
}

/** How Conductor names a workflow in what it refuses. */
export function shortName(run: Run): string {
  return `${run.start.name}.${run.start.version}/${run.id}.${statusOf(run)}`;
}

export function subjectOf(state: WorkflowState, id: string): Subject {
  if (state.phase === 'absent') return { id, name: '', version: 0, status: 'RUNNING' };
  if (state.phase === 'refused')
    return { id, name: state.refusal.name, version: state.refusal.version, status: 'FAILED' };
  return { id, name: state.start.name, version: state.start.version, status: statusOf(state) };
}
