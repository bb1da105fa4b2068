import {
  definitionAggregate,
  Payload,
  type AggregateId,
  type Command,
  type Decision,
  type DomainEvent,
  type Effect,
  type EventMeta,
  type OwnerSignal,
} from '@partitura/model';
import { refuse } from './run-decider.ts';

/** An aggregate that never ends: it counts the children of one plan that have ended, and broadcasts what was last put. */
export interface TallyState {
  readonly puts: number;
  readonly last: string;
}
export const noTally: TallyState = { puts: 0, last: '' };

export const tallyOf = (plan: string): AggregateId => definitionAggregate('task', `tally-${plan}`);

export function decideTally(state: TallyState, command: Command | OwnerSignal): Decision<TallyState, DomainEvent> {
  if (command.type !== 'PutDefinition') return refuse('INVALID_COMMAND', `a tally knows no ${command.type}`) as never;
  const event: DomainEvent = { type: 'DefinitionPut', kind: 'task', name: command.name, body: command.body };
  return { kind: 'accepted', events: [event], state: evolveTally(state, event) };
}

export function evolveTally(state: TallyState, event: DomainEvent): TallyState {
  return event.type === 'DefinitionPut' ? { puts: state.puts + 1, last: JSON.stringify(event.body.value) } : state;
}

export function reactTally(state: TallyState, event: DomainEvent, meta: EventMeta): readonly Effect[] {
  return event.type === 'DefinitionPut' ? restateTally(meta.aggregate, state, meta.version) : [];
}

export function restateTally(id: AggregateId, state: TallyState, revision: number): readonly Effect[] {
  const name = id.slice(id.lastIndexOf('/') + 1);
  const body = Payload.of({ puts: state.puts, last: state.last });
  return [{ kind: 'BroadcastDefinition', definition: { kind: 'task', name, revision, deleted: false, body } }];
}
