import {
  Payload,
  rejection,
  taskId,
  workflowId,
  type Command,
  type DecideContext,
  type DomainEvent,
  type Effect,
  type OwnerSignal,
  type TaskRecord,
  type Verdict,
} from '@partitura/model';
import type { Domain } from '../ports.ts';

/** A workflow that does what its commands' logs say: just enough to see every path of the runtime. */
export interface Tally {
  readonly phase: 'absent' | 'open' | 'closed' | 'quarantined';
  readonly done: readonly string[];
  /** Epoch ms; 0: none. */
  readonly timer: number;
  readonly deadline: number;
  /** Parts of postponed work left. */
  readonly postponed: number;
}
const absent: Tally = { phase: 'absent', done: [], timer: 0, deadline: 0, postponed: 0 };

/** An instruction: what `AddTaskLogs` makes it do. */
export const instruct = (...messages: string[]): Command => ({
  type: 'AddTaskLogs',
  taskId: taskId('any'),
  logs: messages.map((message) => ({ message, at: 0 })),
});
export const start = (name = 'plain'): Command => ({
  type: 'StartWorkflow',
  name,
  input: Payload.empty,
  priority: 0,
  taskToDomain: {},
  replyWhenEnded: false,
});

type TallyVerdict = Verdict<Tally, DomainEvent>;
const refuse = (code: Parameters<typeof rejection>[0]): TallyVerdict => ({
  kind: 'rejected',
  rejection: rejection(code, 'refused by the tally'),
});
const logged = (message: string): DomainEvent => ({
  type: 'TaskLogsAdded',
  taskId: taskId('any'),
  logs: [{ message, at: 0 }],
});

export const tallyDomain: Domain = {
  initial: absent,
  decide(given, command, context) {
    const state = given as Tally;
    const accept = (...events: DomainEvent[]): TallyVerdict => ({
      kind: 'accepted',
      events,
      state: events.reduce((before, event) => evolve(before, event), state),
    });
    return decide(state, command, context, accept);
  },
  evolve: (state, event) => evolve(state as Tally, event),
  react(_, event, { aggregate, index }): readonly Effect[] {
    if (event.type !== 'TaskLogsAdded') return [];
    const [verb = '', argument = ''] = (event.logs[0]?.message ?? '').split(' ');
    if (verb === 'tell') {
      return [{ kind: 'SendCommand', to: workflowId(argument), command: instruct(`heard ${aggregate}`) }];
    }
    if (verb === 'dispatch') {
      const task = { taskId: taskId(`${aggregate}~${index}`), workflowId: aggregate, dispatch: 1 };
      return [{ kind: 'DispatchTask', queue: { type: argument }, task: task as unknown as TaskRecord }];
    }
    if (verb === 'broadcast') {
      const definition = { kind: 'task', name: argument, revision: 1, deleted: false, body: Payload.empty } as const;
      return [{ kind: 'BroadcastDefinition', definition }];
    }
    return [];
  },
  nextDue(given) {
    const { timer, deadline } = given as Tally;
    return { ...(timer > 0 && { timer }), ...(deadline > 0 && { deadline }) };
  },
  isClosed: (state) => (state as Tally).phase === 'closed',
  hasPostponedWork: (state) => (state as Tally).postponed > 0,
  mayInterrupt: (_, command) => command.type === 'TerminateWorkflow',
  remembers: (command) => command.type !== 'TaskResult',
  closedTag: () => 'ended',
  decideClosed(tag, command) {
    if (command.type === 'RetryWorkflow') return { kind: 'revive' };
    const code =
      tag === undefined
        ? 'WORKFLOW_NOT_FOUND'
        : command.type === 'StartWorkflow'
          ? 'WORKFLOW_EXISTS'
          : 'WORKFLOW_ENDED';
    return { kind: 'rejected', rejection: rejection(code, 'refused by the closed tally') };
  },
  /** Whoever wanted it to go on is told, and the id is spent. */
  decideUnknown(command) {
    if (command.type !== 'RetryWorkflow' || command.parent === undefined) return refuse('WORKFLOW_NOT_FOUND');
    const events: DomainEvent[] = [logged(`tell ${command.parent.workflowId}`), { type: 'WorkflowRemoved' }];
    return { kind: 'accepted', events, state: events.reduce((before, event) => evolve(before, event), absent) };
  },
  pins: () => [],
  stateVersion: 1,
  encodeState: (state) => new TextEncoder().encode(JSON.stringify(state)),
  decodeState: (_, bytes) => JSON.parse(new TextDecoder().decode(bytes)) as Tally,
};

function decide(
  state: Tally,
  command: Command | OwnerSignal,
  context: DecideContext,
  accept: (...events: DomainEvent[]) => TallyVerdict,
): ReturnType<Domain['decide']> {
  switch (command.type) {
    case 'StartWorkflow': {
      if (command.name === 'poison') throw new Error('nobody can start poison');
      if (state.phase !== 'absent') return refuse('WORKFLOW_EXISTS');
      if (command.name === 'unknown' && context.definitions.workflow('unknown') === undefined) {
        return { kind: 'awaitDefinitions', otherwise: refuse('DEFINITION_NOT_FOUND') };
      }
      return accept({ type: 'WorkflowResumed', timeoutAt: 0 });
    }
    case 'Quarantine':
      return accept({ type: 'WorkflowQuarantined', reason: command.reason });
    case 'Wake':
      if (state.timer > 0 && state.timer <= command.timersThrough) return accept(logged('timer fired'));
      if (state.deadline > 0 && state.deadline <= command.deadlinesThrough) return accept(logged('deadline fired'));
      return accept();
    case 'Continue':
      return accept({ type: 'WorkContinued' });
    case 'Undeliverable':
      return accept(logged(`undeliverable ${command.taskId}`));
    default:
  }
  if (state.phase === 'absent') return refuse('WORKFLOW_NOT_FOUND');
  if (state.phase === 'quarantined') return refuse('WORKFLOW_QUARANTINED');
  if (command.type === 'RetryWorkflow') {
    return state.phase === 'closed' ? accept({ type: 'WorkflowRetried', timeoutAt: 0 }) : refuse('WORKFLOW_NOT_ENDED');
  }
  if (state.phase === 'closed') return refuse('WORKFLOW_ENDED');
  if (command.type === 'TerminateWorkflow') return accept({ type: 'WorkflowRemoved' });
  if (command.type !== 'AddTaskLogs') return refuse('INVALID_COMMAND');
  if (command.logs[0]?.message === 'throw') throw new Error('told to throw');
  return accept(...command.logs.map(({ message }) => logged(message)));
}

function evolve(state: Tally, event: DomainEvent): Tally {
  switch (event.type) {
    case 'WorkflowResumed':
    case 'WorkflowRetried':
      return { ...state, phase: 'open' };
    case 'WorkflowRemoved':
      return { ...state, phase: 'closed', timer: 0, deadline: 0, postponed: 0 };
    case 'WorkflowQuarantined':
      return { ...state, phase: 'quarantined' };
    case 'WorkContinued':
      return { ...state, postponed: state.postponed - 1 };
    case 'TaskLogsAdded': {
      const message = event.logs[0]?.message ?? '';
      const [verb, argument] = message.split(' ');
      const next = { ...state, done: [...state.done, message] };
      if (verb === 'timer') return { ...next, timer: argument === 'fired' ? 0 : Number(argument) };
      if (verb === 'deadline') return { ...next, deadline: argument === 'fired' ? 0 : Number(argument) };
      return verb === 'postpone' ? { ...next, postponed: Number(argument) } : next;
    }
    default:
      return state;
  }
}
