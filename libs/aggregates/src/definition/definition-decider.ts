import type { TaskKinds } from '@partitura/engine';
import {
  Payload,
  rejection,
  type DecideContext,
  type Decider,
  type Decision,
  type DefinitionCommand,
  type DefinitionEvent,
  type DefinitionKind,
  type DeleteDefinition,
  type EventMeta,
  type PutDefinition,
  type Rejection,
} from '@partitura/model';
import { broadcastOf } from './broadcast.ts';
import { decodeDefinition, definitionStateVersion, encodeDefinition } from './definition-snapshot.ts';
import { keyOf, type MaybeDefinition } from './definition-state.ts';
import { prepareBody } from './prepare-body.ts';

export type DefinitionDecider = Decider<MaybeDefinition, DefinitionCommand, DefinitionEvent>;
type DefinitionDecision = Decision<MaybeDefinition, DefinitionEvent>;

/**
 * One aggregate per (kind, name): it checks, versions and refuses conflicts, and its effect is the broadcast. It never
 * leaves memory: there are as many as there are names.
 */
export function definitionDecider(kinds: TaskKinds): DefinitionDecider {
  return {
    initial: undefined,
    decide(state, command, context) {
      if (command.type === 'PutDefinition') return put(state, command, context, kinds);
      if (command.type === 'DeleteDefinition') return remove(state, command, context);
      return isSignal(command)
        ? { kind: 'accepted', events: [], state }
        : { kind: 'rejected', rejection: foreign(command) };
    },
    evolve,
    react: (state, event) => (state === undefined ? [] : [broadcastOf(state, keyOf(event.version))]),
    nextDue: () => ({}),
    isClosed: () => false,
    hasPostponedWork: () => false,
    mayInterrupt: () => false,
    // Asked about commands of other aggregates too, and remembers none of them.
    remembers: ({ type }: { readonly type: string }) => type === 'PutDefinition' || type === 'DeleteDefinition',
    closedTag: () => '',
    decideClosed: (_tag, command) => ({ kind: 'rejected', rejection: unknown(command) }),
    pins: () => [],
    stateVersion: definitionStateVersion,
    encodeState: encodeDefinition,
    decodeState: decodeDefinition,
  };
}

function put(
  state: MaybeDefinition,
  command: PutDefinition,
  context: DecideContext,
  kinds: TaskKinds,
): DefinitionDecision {
  const stored = state?.bodies.get(keyOf(command.version));
  const prepared = prepareBody(command, stored, context.at, { kinds, definitions: context.definitions });
  if (prepared.kind === 'problems') {
    const reason = prepared.problems
      .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
      .join('; ');
    return { kind: 'rejected', rejection: rejection('DEFINITION_INVALID', reason) };
  }
  const { body, version } = prepared;
  const known = state?.bodies.has(keyOf(version)) ?? false;
  if (known && command.mode === 'create') return { kind: 'rejected', rejection: conflict(command, version) };
  if (!known && command.mode === 'update') {
    return { kind: 'rejected', rejection: unknown(command) };
  }
  return accept(state, context, {
    type: 'DefinitionPut',
    kind: command.kind,
    name: command.name,
    ...(version !== undefined && { version }),
    body,
  });
}

function remove(state: MaybeDefinition, command: DeleteDefinition, context: DecideContext): DefinitionDecision {
  const { kind, name, version } = command;
  if (state?.bodies.has(keyOf(version)) !== true) return { kind: 'rejected', rejection: unknown(command) };
  return accept(state, context, { type: 'DefinitionDeleted', kind, name, ...(version !== undefined && { version }) });
}

function accept(state: MaybeDefinition, context: DecideContext, event: DefinitionEvent): DefinitionDecision {
  return { kind: 'accepted', events: [event], state: evolve(state, event, context) };
}

/** A definition has no clock, no postponed work and no queue: whatever the owner says changes nothing. */
const isSignal = ({ type }: { readonly type: string }): boolean =>
  type === 'Wake' || type === 'Continue' || type === 'Undeliverable' || type === 'Quarantine';

const foreign = ({ type }: { readonly type: string }): Rejection =>
  rejection('INVALID_COMMAND', `a definition knows no command ${type}`);

function evolve(state: MaybeDefinition, event: DefinitionEvent, meta: EventMeta): MaybeDefinition {
  const key = keyOf(event.version);
  const bodies = new Map(state?.bodies);
  const deleted = new Map(state?.deleted);
  if (event.type === 'DefinitionPut') {
    // Kept as bytes: the parsed form of a definition that nobody starts is of no use here.
    bodies.set(key, { body: Payload.fromBytes(event.body.bytes), revision: meta.version });
    deleted.delete(key);
  } else {
    bodies.delete(key);
    deleted.set(key, meta.version);
  }
  return { kind: event.kind, name: event.name, bodies, deleted };
}

function conflict({ kind, name }: PutDefinition, version: number | undefined): Rejection {
  const texts: Readonly<Record<DefinitionKind, string>> = {
    workflow: `Workflow with ${name}.${version ?? 'null'} already exists!`,
    task: `Task definition ${name} already exists!`,
    eventHandler: `EventHandler with name ${name} already exists!`,
    webhook: `Webhook with name ${name} already exists!`,
  };
  return rejection('DEFINITION_EXISTS', texts[kind]);
}

function unknown(command: DefinitionCommand): Rejection {
  const { kind, name, version, type } = command;
  const texts: Readonly<Record<DefinitionKind, string>> = {
    workflow: `No such workflow definition: ${name} version: ${version ?? 'null'}`,
    task: type === 'PutDefinition' ? `No such task by name ${name}` : 'No such task definition',
    eventHandler: `EventHandler with name ${name} not found!`,
    webhook: `Webhook with name ${name} not found!`,
  };
  return rejection('DEFINITION_NOT_FOUND', texts[kind]);
}
