import { Payload, type AggregateId, type DefinitionRecord, type Effect } from '@partitura/model';
import { unversioned, type DefinitionState, type MaybeDefinition } from './definition-state.ts';

/** What everybody is told about one definition of the aggregate. */
export function broadcastOf(state: DefinitionState, key: number): Effect {
  const { kind, name } = state;
  const registered = state.bodies.get(key);
  const definition: DefinitionRecord = {
    kind,
    name,
    ...(key !== unversioned && { version: key }),
    revision: registered?.revision ?? state.deleted.get(key) ?? 0,
    deleted: registered === undefined,
    body: registered?.body ?? Payload.empty,
  };
  return { kind: 'BroadcastDefinition', definition };
}

/** The broadcasts of all that the aggregate holds, for an owner that found the topic lacking one. */
export function restateDefinition(_id: AggregateId, state: MaybeDefinition): readonly Effect[] {
  if (state === undefined) return [];
  return [...state.bodies.keys(), ...state.deleted.keys()].map((key) => broadcastOf(state, key));
}
