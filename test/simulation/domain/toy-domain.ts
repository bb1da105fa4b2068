import {
  invariant,
  isWorkflowAggregate,
  rejection,
  type ClosedDecision,
  type Command,
  type Decider,
  type Decision,
  type DomainEvent,
  type Due,
  type Accepted,
  type Verdict,
} from '@partitura/model';
import { faithfulIdentity, type Identity } from './identity.ts';
import { decideRun, revivals } from './run-decider.ts';
import { reactRun } from './run-effects.ts';
import { absent, evolveRun, type RunState } from './run-state.ts';
import { decideTally, evolveTally, noTally, reactTally, type TallyState } from './tally.ts';

/** Both kinds of aggregates in one decider, as a host joins them: which one it is shows when the first word is said. */
export type ToyState = { readonly nothing: true } | { readonly run: RunState } | { readonly tally: TallyState };

export const toyDomain = (identity: Identity = faithfulIdentity): Decider<ToyState, Command, DomainEvent> => ({
  initial: { nothing: true },
  decide(state, command, context) {
    return isWorkflowAggregate(context.aggregate)
      ? wrap(decideRun(runOf(state), command, context, identity), (run) => ({ run }))
      : wrap(decideTally(tallyOf(state), command), (tally) => ({ tally }));
  },
  evolve: (state, event, meta) =>
    isWorkflowAggregate(meta.aggregate)
      ? { run: evolveRun(runOf(state), event, meta) }
      : { tally: evolveTally(tallyOf(state), event) },
  react: (state, event, meta) =>
    isWorkflowAggregate(meta.aggregate) ? reactRun(runOf(state), event, meta) : reactTally(tallyOf(state), event, meta),
  nextDue: (state) => ('run' in state ? due(state.run) : {}),
  isClosed: (state) => 'run' in state && state.run.phase === 'closed' && !state.run.postponed,
  hasPostponedWork: (state) => 'run' in state && state.run.postponed,
  mayInterrupt: (_, command) => ['TerminateWorkflow', 'TaskResult', 'ChildEnded'].includes(command.type),
  remembers: (command) => remembered.has(command.type),
  closedTag: (state) => ('run' in state ? (state.run.status ?? '') : ''),
  decideClosed,
  pins: (state) => ('run' in state && state.run.definitionHash !== '' ? [state.run.definitionHash] : []),
  stateVersion: 1,
  encodeState: (state) => new TextEncoder().encode(JSON.stringify(state)),
  decodeState(stateVersion, bytes) {
    invariant(stateVersion === 1, `unknown state version ${stateVersion}`);
    return JSON.parse(new TextDecoder().decode(bytes)) as ToyState;
  },
});

const remembered: ReadonlySet<string> = new Set<Command['type']>([
  ...(['PauseWorkflow', 'ResumeWorkflow', 'TerminateWorkflow', 'RetryWorkflow', 'RestartWorkflow'] as const),
  ...(['RerunWorkflow', 'SkipTask', 'JumpToTask', 'SetVariables'] as const),
]);

/** The state of a workflow aggregate. */
export function runOf(state: ToyState): RunState {
  return 'run' in state ? state.run : absent;
}
const tallyOf = (state: ToyState): TallyState => ('tally' in state ? state.tally : noTally);

function wrap<S>(decision: Decision<S, DomainEvent>, into: (state: S) => ToyState): Decision<ToyState, DomainEvent> {
  switch (decision.kind) {
    case 'accepted':
      return { kind: 'accepted', events: decision.events, state: into(decision.state), ...resultOf(decision) };
    case 'awaitDefinitions':
      return { ...decision, otherwise: wrap(decision.otherwise, into) as Verdict<ToyState, DomainEvent> };
    default:
      return decision;
  }
}

const resultOf = ({ result }: Accepted<unknown, DomainEvent>): Pick<Accepted<unknown, DomainEvent>, 'result'> =>
  result === undefined ? {} : { result };

function due({ phase, timer, tasks }: RunState): Due {
  if (phase !== 'open') return {};
  const deadlines = tasks.flatMap((task) => (task.deadline > 0 ? [task.deadline] : []));
  return {
    ...(timer > 0 ? { timer } : {}),
    ...(deadlines.length > 0 ? { deadline: Math.min(...deadlines) } : {}),
  };
}

function decideClosed(tag: string | undefined, command: Command): ClosedDecision {
  if (revivals.has(command.type)) return { kind: 'revive' };
  if (command.type === 'StartWorkflow')
    return { kind: 'rejected', rejection: rejection('WORKFLOW_EXISTS', 'it ended') };
  return {
    kind: 'rejected',
    rejection: tag === undefined ? rejection('WORKFLOW_NOT_FOUND', 'unknown') : rejection('WORKFLOW_ENDED', tag),
  };
}
