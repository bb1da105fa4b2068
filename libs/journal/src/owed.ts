import type { AddressedRecord, LogRecord } from '@partitura/log';
import {
  commandId,
  type AggregateId,
  type BroadcastDefinition,
  type CommandEnvelope,
  type Decided,
  type DispatchTask,
  type DomainEvent,
  type Effect,
  type SendReply,
} from '@partitura/model';
import type { Pins } from './pins.ts';
import type { DeadLetter, Domain, JournalCodec, JournalPorts, State } from './ports.ts';

/** What the world owes us because of one admitted entry, addressed and encoded. */
export interface Owed {
  /** Which queue it waits in; a failing target holds up only its own queue. */
  readonly target: Target;
  readonly record: AddressedRecord;
  /** A hand-over, so that the aggregate hears of it when it cannot be delivered. */
  readonly task?: { readonly aggregate: AggregateId; readonly taskId: string; readonly dispatch: number } | undefined;
}

export type Target =
  | { readonly kind: 'commands'; readonly name: string; readonly partition: number }
  | { readonly kind: 'tasks'; readonly name: string; readonly queue: DispatchTask['queue'] }
  | { readonly kind: 'definitions'; readonly name: string }
  | { readonly kind: 'deadLetters'; readonly name: string };

/** An effect that follows from the entry itself, not from an event. */
export type OwnEffect =
  | { readonly kind: 'Forward'; readonly envelope: CommandEnvelope }
  | { readonly kind: 'WriteDeadLetter'; readonly letter: DeadLetter };

/**
 * Effects of the events of an entry, in order. `before` is the aggregate's state before them; `after` are those behind
 * them, as far as they are at hand.
 */
export function reactTo(
  domain: Domain,
  pins: Pins,
  entry: Decided,
  startIndex: number,
  before: State,
  after?: { readonly state: State; readonly states?: readonly State[] | undefined },
): readonly Effect[] {
  const { events } = entry;
  if (events.length === 0) return none;
  for (const event of events) pins.meet(event);
  const { aggregate, index, version, at } = entry;
  const context = { aggregate, startIndex, index, version, at, pinned: pins };
  const last = events.length - 1;
  const between = after === undefined ? undefined : last === 0 ? none : after.states;
  const known = between?.length === last ? between : undefined;
  let effects: Effect[] | undefined;
  let state = before;
  for (let i = 0; i <= last; i++) {
    const event = events[i] as DomainEvent;
    if (known === undefined) state = domain.evolve(state, event, context);
    else state = i === last ? after?.state : known[i];
    for (const effect of domain.react(state, event, context)) (effects ??= []).push(effect);
  }
  return effects ?? none;
}
const none: readonly never[] = [];
/** Queues whose names are kept at hand. */
const queuesMax = 1_000;

/**
 * Addresses and encodes effects. Commands to other aggregates carry (partition, index of the entry, ordinal among the
 * entry's commands): this order is as frozen as the events.
 */
export class Addressing {
  readonly #codec: JournalCodec;
  readonly #ports: JournalPorts;
  readonly #partition: number;
  readonly #toCommands: Target[] = [];
  readonly #toDefinitions: Target;
  readonly #toDeadLetters: Target;
  readonly #queues = new Map<string, Extract<Target, { readonly kind: 'tasks' }>>();

  constructor(ports: JournalPorts, partition: number) {
    this.#ports = ports;
    this.#codec = ports.codec;
    this.#partition = partition;
    this.#toDefinitions = { kind: 'definitions', name: 'definitions' };
    this.#toDeadLetters = { kind: 'deadLetters', name: 'dead-letters' };
  }

  /** Everything but replies. */
  owed(entry: Decided, effects: readonly Effect[], own: OwnEffect | undefined): Owed[] {
    const owed: Owed[] = [];
    let ordinal = 0;
    if (own?.kind === 'Forward') owed.push(this.#command(entry, ordinal++, own.envelope));
    else if (own?.kind === 'WriteDeadLetter') owed.push(this.#deadLetter(own.letter));
    for (const effect of effects) {
      switch (effect.kind) {
        case 'SendCommand': {
          const id = commandId(`$${this.#partition}.${entry.index}.${ordinal}`);
          const envelope = { commandId: id, aggregate: effect.to, sentAt: entry.at, body: effect.command };
          owed.push(this.#command(entry, ordinal++, withPrincipal(envelope, entry)));
          break;
        }
        case 'DispatchTask':
          owed.push(this.task(effect, entry.aggregate));
          break;
        case 'BroadcastDefinition':
          owed.push(this.broadcast(effect));
          break;
        case 'SendReply':
          break;
      }
    }
    return owed;
  }

  broadcast({ definition }: BroadcastDefinition): Owed {
    const record = this.#codec.encodeDefinition(definition);
    return { target: this.#toDefinitions, record: addressed(record, this.#ports.topics.definitions, 0) };
  }

  /** The partition within the topic is chosen once the topic is known to exist. */
  task(effect: DispatchTask, aggregate: AggregateId): Owed {
    const { queue, task } = effect;
    const target = this.#toTasks(queue);
    const { name } = target;
    return {
      target,
      record: addressed(this.#codec.encodeTask(task), name, -1),
      task: { aggregate, taskId: task.taskId, dispatch: task.dispatch },
    };
  }

  /** One object per queue for as long as it is the latest of its type. */
  #toTasks(queue: DispatchTask['queue']): Extract<Target, { readonly kind: 'tasks' }> {
    const known = this.#queues.get(queue.type);
    if (known?.queue.domain === queue.domain && known !== undefined) return known;
    const name = queue.domain === undefined ? `tasks/${queue.type}` : `tasks/${queue.type}/${queue.domain}`;
    const target = { kind: 'tasks' as const, name, queue };
    if (this.#queues.size >= queuesMax) this.#queues.clear();
    this.#queues.set(queue.type, target);
    return target;
  }

  #command(entry: Decided, ordinal: number, envelope: CommandEnvelope): Owed {
    const to = this.#ports.partitionOf(envelope.aggregate);
    const mark = { partition: this.#partition, index: entry.index, ordinal };
    const target = (this.#toCommands[to] ??= { kind: 'commands', name: `commands/${to}`, partition: to });
    const record = this.#codec.encodeCommand({ ...envelope, mark });
    return { target, record: addressed(record, this.#ports.topics.commands, to) };
  }

  #deadLetter(letter: DeadLetter): Owed {
    const record = this.#codec.encodeDeadLetter(letter);
    return { target: this.#toDeadLetters, record: addressed(record, this.#ports.topics.deadLetters, 0) };
  }
}

/** Field by field: copying whatever a record may have costs more than everything else that is done to it here. */
export function addressed({ key, value, headers }: LogRecord, topic: string, partition: number): AddressedRecord {
  return headers === undefined ? { key, value, topic, partition } : { key, value, headers, topic, partition };
}

function withPrincipal(envelope: CommandEnvelope, entry: Decided): CommandEnvelope {
  const { cause } = entry;
  const principal = cause.kind === 'command' || cause.kind === 'continuation' ? cause.principal : undefined;
  return principal === undefined ? envelope : { ...envelope, principal };
}

/** Replies among effects: best effort, neither awaited nor repeated. */
export function repliesAmong(effects: readonly Effect[]): readonly SendReply[] {
  let replies: SendReply[] | undefined;
  for (const effect of effects) if (effect.kind === 'SendReply') (replies ??= []).push(effect);
  return replies ?? none;
}
