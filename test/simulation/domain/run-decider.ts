import {
  invariant,
  Payload,
  rejection,
  taskId,
  type Command,
  type DecideContext,
  type Decision,
  type DomainEvent,
  type OwnerSignal,
  type StartWorkflow,
  type Wake,
} from '@partitura/model';
import { attemptsMax, Draft } from './draft.ts';
import type { Identity } from './identity.ts';
import type { RunState } from './run-state.ts';

type Revival = Extract<Command, { readonly type: 'RetryWorkflow' | 'RestartWorkflow' | 'RerunWorkflow' }>;
export const revivals: ReadonlySet<string> = new Set<Revival['type']>([
  'RetryWorkflow',
  'RestartWorkflow',
  'RerunWorkflow',
]);

type RunDecision = Decision<RunState, DomainEvent>;

/** Plans that are registered; any other name is one that nobody knows. */
const plans = /^(?:ask-)?(?:quick|work|nap|wide)$/;
export const definitionBody = (plan: string): Payload => Payload.of({ name: plan });
export const definitionHash = (plan: string): string => `hash of ${plan}`;
/** What restarts with the latest definitions take. */
const latestBody = (plan: string): Payload => Payload.of({ name: plan, version: 2 });
const latestHash = (plan: string): string => `hash of the latest ${plan}`;

export function decideRun(
  state: RunState,
  command: Command | OwnerSignal,
  context: DecideContext,
  identity: Identity,
): RunDecision {
  const draft = new Draft(state, context, identity);
  if (command.type === 'StartWorkflow') return start(state, command, context, draft);
  if (state.phase === 'absent') return refuse('WORKFLOW_NOT_FOUND', 'no workflow has this id');
  if (isRevival(command)) return goOnAgain(state, command, context, draft);
  if (state.phase === 'closed') return refuse('WORKFLOW_ENDED', 'the workflow has ended');
  switch (command.type) {
    case 'PauseWorkflow':
    case 'ResumeWorkflow':
      draft.add({ type: 'WorkflowPaused' });
      return draft.accepted();
    case 'SetVariables':
      draft.add({ type: 'VariablesSet', values: command.values });
      return draft.accepted();
    case 'SkipTask':
    case 'JumpToTask':
      if (state.phase === 'ending' || state.tasks.length === 0) return refuse('INVALID_STATE', 'nothing is open');
      draft.leave(command.type === 'SkipTask' ? 1 : Infinity);
      draft.goOn();
      return draft.accepted();
    case 'TerminateWorkflow':
      if (state.phase === 'ending') return refuse('WORKFLOW_ENDED', 'the workflow is ending');
      draft.end('TERMINATED');
      return draft.accepted();
    case 'TaskResult': {
      const task = state.tasks.find((open) => open.taskId === command.taskId);
      if (!task || state.phase === 'ending') return refuse('TASK_NOT_FOUND', 'the task is not open');
      if (command.dispatch !== undefined && command.dispatch !== task.dispatch) {
        return refuse('STALE_DISPATCH', 'the task was handed out again');
      }
      draft.endTask(task, 'COMPLETED');
      draft.goOn();
      return draft.accepted();
    }
    case 'ChildEnded': {
      const task = state.tasks.find((open) => open.taskId === command.taskId);
      if (!task || state.phase === 'ending') return refuse('TASK_NOT_FOUND', 'the task is not open');
      draft.endTask(task, 'COMPLETED');
      draft.answered();
      return draft.accepted();
    }
    case 'Wake':
      return wake(state, command, draft);
    case 'Continue':
      draft.add({ type: 'WorkContinued' });
      if (state.phase === 'ending') draft.end(state.status ?? 'FAILED');
      else draft.createTasks(state.toCreate);
      return draft.accepted();
    case 'Undeliverable':
      draft.end('FAILED');
      return draft.accepted();
    case 'Quarantine':
      draft.add({ type: 'WorkflowQuarantined', reason: command.reason });
      return draft.accepted();
    default:
      return refuse('INVALID_COMMAND', `toy workflows know no ${command.type}`);
  }
}

function start(state: RunState, command: StartWorkflow, context: DecideContext, draft: Draft): RunDecision {
  if (state.phase !== 'absent') return refuse('WORKFLOW_EXISTS', 'a workflow has this id');
  if (!plans.test(command.name)) {
    return {
      kind: 'awaitDefinitions',
      otherwise: { kind: 'rejected', rejection: rejection('DEFINITION_NOT_FOUND', `there is no ${command.name}`) },
    };
  }
  const hash = definitionHash(command.name);
  draft.add({
    type: 'WorkflowStarted',
    name: command.name,
    version: 1,
    definitionHash: hash,
    ...(context.pinned.has(hash) ? {} : { definition: definitionBody(command.name) }),
    input: command.input,
    variables: Payload.empty,
    priority: 0,
    taskToDomain: {},
    ...(command.parent ? { parent: command.parent } : {}),
    timeoutAt: 0,
  });
  draft.enter();
  return draft.accepted();
}

const isRevival = (command: Command | OwnerSignal): command is Revival => revivals.has(command.type);

/** Retry goes on with the definition that the history has; a restart may take another one. */
function goOnAgain(state: RunState, command: Revival, context: DecideContext, draft: Draft): RunDecision {
  if (state.phase !== 'closed') return refuse('WORKFLOW_NOT_ENDED', 'the workflow is running');
  const pinned = context.pinned.body(state.definitionHash);
  invariant(pinned?.object['name'] === state.plan, `the definition of ${state.plan} is not known here`);
  switch (command.type) {
    case 'RetryWorkflow':
      draft.add({ type: 'WorkflowRetried', timeoutAt: 0 });
      break;
    case 'RerunWorkflow':
      draft.add({ type: 'WorkflowRerun', removed: [], timeoutAt: 0 });
      break;
    case 'RestartWorkflow': {
      const hash = command.useLatestDefinitions ? latestHash(state.plan) : state.definitionHash;
      const known = context.pinned.has(hash);
      const body = known ? {} : { definition: context.pinned.body(hash) ?? latestBody(state.plan) };
      const begun = { version: 1, definitionHash: hash, ...body, variables: Payload.empty, timeoutAt: 0 };
      draft.add({ type: 'WorkflowRestarted', ...begun });
    }
  }
  draft.enter();
  return draft.accepted();
}

function wake(state: RunState, wake: Wake, draft: Draft): RunDecision {
  if (state.phase === 'ending') return draft.accepted();
  if (state.timer > 0 && state.timer <= wake.timersThrough) {
    draft.add({ type: 'TaskEnded', taskId: taskId('nap'), status: 'COMPLETED', output: Payload.empty, retried: false });
    draft.goOn();
    return draft.accepted();
  }
  for (const task of state.tasks) {
    if (task.deadline === 0 || task.deadline > wake.deadlinesThrough) continue;
    const again = task.attempt + 1 < attemptsMax;
    draft.endTask(task, 'TIMED_OUT', again);
    if (!again) {
      draft.end('FAILED');
      break;
    }
    draft.handOut(task.attempt + 1);
    if (draft.isFull) break;
  }
  return draft.accepted();
}

export function refuse(code: Parameters<typeof rejection>[0], reason: string): RunDecision {
  return { kind: 'rejected', rejection: rejection(code, reason) };
}
