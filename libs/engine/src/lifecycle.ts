import {
  rejection,
  type Rejection,
  type RejectionCode,
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
  | { readonly refuse: RejectionCode; readonly because: (subject: Subject) => string };

/** Who a refusal speaks of. */
export interface Subject {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly status: WorkflowStatus;
}

type Column = WorkflowStatus;
type CommandType = WorkflowCommand['type'];

const refuse = (code: RejectionCode, because: (subject: Subject) => string): Rule => ({ refuse: code, because });

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
  RemoveWorkflow: row('decide', 'decide', 'decide'),
  TaskStarted: row('decide', 'decide', overTask),
  TaskResult: row('decide', 'decide', 'decide'),
  AddTaskLogs: row('decide', 'decide', 'decide'),
  ChildEnded: row('decide', 'decide', 'ignore'),
  ChildRevived: row('decide', 'decide', 'decide'),
};

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
]);

/** The rule for a command in a state; absent workflows know only the start. */
export function ruleFor(state: WorkflowState, command: WorkflowCommand, id: string): Rule {
  switch (state.phase) {
    case 'absent':
      return command.type === 'StartWorkflow' ? 'decide' : unknownWorkflow(command.type, id);
    case 'refused':
    case 'removed':
      if (command.type === 'StartWorkflow') return exists;
      return command.type === 'TerminateWorkflow' && command.byParent ? 'ignore' : unknownWorkflow(command.type, id);
    case 'running':
    case 'paused':
    case 'ended':
      return state.quarantinedBecause === undefined
        ? table[command.type][statusOf(state)]
        : quarantinedRule(state, command.type);
  }
}

function quarantinedRule(run: Run, type: CommandType): Rule {
  if (type === 'StartWorkflow') return exists;
  if (type === 'ResumeWorkflow') return 'decide';
  if (whileQuarantined.has(type)) return table[type][statusOf(run)];
  return refuse(
    'WORKFLOW_QUARANTINED',
    ({ id }) =>
      `Workflow ${id} was stopped by a defect (${run.quarantinedBecause ?? ''}); resume, terminate or remove it`,
  );
}

/** Messages between parents and children find nobody and need nobody; everybody else is told. */
function unknownWorkflow(type: CommandType, id: string): Rule {
  if (type === 'ChildEnded' || type === 'ChildRevived') return 'ignore';
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

/** The rule for a command to a workflow that has left memory; `revive`: its history is needed. */
export function closedRule(tag: string | undefined, command: WorkflowCommand, id: string): Rule | 'revive' {
  const closed = tag === undefined ? undefined : readTag(tag, id);
  if (closed === undefined) {
    if (command.type === 'StartWorkflow') return tag === undefined ? 'revive' : exists;
    return tag === undefined && needsHistory(command) ? 'revive' : unknownWorkflow(command.type, id);
  }
  const rule = table[command.type][closed.status];
  if (rule !== 'decide') return rule;
  if (command.type === 'TaskResult') return 'ignore';
  if (command.type === 'AddTaskLogs') return overTask;
  return 'revive';
}

function needsHistory(command: WorkflowCommand): boolean {
  return (
    command.type === 'RetryWorkflow' ||
    command.type === 'RemoveWorkflow' ||
    command.type === 'ChildRevived' ||
    (command.type === 'TerminateWorkflow' && !command.byParent)
  );
}

export function readTag(tag: string, id: string): Subject | undefined {
  const match = /^([A-Z_]+) (.*)\.(\d+)$/s.exec(tag);
  if (match === null) return undefined;
  const [, status, name, version] = match;
  return { id, status: status as WorkflowStatus, name: name ?? '', version: Number(version) };
}

export function refusal(rule: Exclude<Rule, string>, subject: Subject): Rejection {
  return rejection(rule.refuse, rule.because(subject));
}

export function subjectOf(state: WorkflowState, id: string): Subject {
  if (state.phase === 'absent') return { id, name: '', version: 0, status: 'RUNNING' };
  if (state.phase === 'refused')
    return { id, name: state.refusal.name, version: state.refusal.version, status: 'FAILED' };
  return { id, name: state.start.name, version: state.start.version, status: statusOf(state) };
}
