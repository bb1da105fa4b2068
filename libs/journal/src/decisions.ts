import type { StoredRecord } from '@partitura/log';
import {
  type AggregateId,
  type Cause,
  type Command,
  type CommandEnvelope,
  type OwnerSignal,
  type Rejection,
} from '@partitura/model';
import type { Aggregate, Held } from './aggregate.ts';
import type { Entries } from './entries.ts';
import { reasonOf } from './failures.ts';
import { Contexts, type DomainDecision, type Incoming } from './incoming.ts';
import { Outcomes } from './outcomes.ts';
import type { PartitionState } from './partition-state.ts';
import type { JournalPorts } from './ports.ts';
import { Quarantine, quarantined } from './quarantine.ts';
import { firstAnswer, hashOf } from './repeats.ts';
import { faithful, type Rules } from './rules.ts';

/** What deciding causes outside the state. */
export interface DecisionsEvents {
  /** Something about the aggregate changed: when it wants to be woken, whether it has work left. */
  touched(aggregate: Aggregate): void;
  /** This command, in the aggregate's line, waits until the copy of the definitions is known to be current. */
  awaitsDefinitions(aggregate: AggregateId, held: Held): void;
  /** The archive is to be asked for the history of this id. */
  awaitsArchive(aggregate: Aggregate): void;
  /** The archive's answer came; whoever asked says what it is worth, and writes the entry. */
  archiveAnswered(envelope: CommandEnvelope, cause: Cause): void;
  /** Whether the snapshot of a closed aggregate can be written at once; otherwise what is parked for it is decided when it can. */
  mayWriteBase(aggregate: Aggregate): boolean;
  /** A closed aggregate will live again: its snapshot is to be written first. */
  writeBase(aggregate: Aggregate): void;
  /** Something is about to be decided for this aggregate: if a checkpoint still has to carry it, then now. */
  deciding(aggregate: Aggregate): void;
}

/**
 * Decides: every command exactly once, every entry one decision. What is not decidable yet is recorded as set aside and
 * decided later by {@link heldCommand}; what the domain throws stops one aggregate, not the partition.
 */
export class Decisions {
  readonly #ports: JournalPorts;
  readonly #rules: Rules;
  readonly #partition: number;
  readonly #state: PartitionState;
  readonly #entries: Entries;
  readonly #events: DecisionsEvents;
  readonly #contexts: Contexts;
  readonly #outcomes: Outcomes;
  readonly #quarantine: Quarantine;

  constructor(
    ports: JournalPorts,
    partition: number,
    state: PartitionState,
    entries: Entries,
    events: DecisionsEvents,
  ) {
    this.#ports = ports;
    this.#rules = ports.rules ?? faithful;
    this.#partition = partition;
    this.#state = state;
    this.#entries = entries;
    this.#events = events;
    this.#contexts = new Contexts(ports, state, entries);
    this.#outcomes = new Outcomes(ports, partition, state, entries);
    const work = { entries, contexts: this.#contexts, outcomes: this.#outcomes };
    this.#quarantine = new Quarantine(ports, partition, state, work);
  }

  /** A record of `commands[p]`. Always writes exactly one decision entry that moves the input position. */
  record(record: StoredRecord): void {
    this.#state.passTime(this.#entries.at);
    let envelope: CommandEnvelope;
    try {
      envelope = this.#read(record);
    } catch (error) {
      this.#outcomes.deadLettered(record, reasonOf(error));
      return;
    }
    const { commandId, mark, principal } = envelope;
    const cause: { -readonly [K in keyof CommandCause]: CommandCause[K] } = {
      kind: 'command',
      commandId,
      offset: record.offset,
    };
    if (mark !== undefined) cause.mark = mark;
    if (principal !== undefined) cause.principal = principal;
    const incoming = { envelope, bytes: record.value ?? noBytes, cause, patient: true };
    try {
      this.#command(incoming);
    } catch (error) {
      this.#quarantine.command(incoming, error, record);
    }
    this.#touch(envelope.aggregate);
  }

  /**
   * A command that was set aside; its entry is a continuation. With `patient` a command that needs newer definitions
   * stays where it is: nothing is written, and false is returned.
   */
  heldCommand(aggregate: Aggregate, held: Held, patient: boolean): boolean {
    const envelope = this.#ports.codec.rereadCommand(held.bytes, this.#partition, held.offset);
    const { principal } = envelope;
    const cause: Cause = {
      kind: 'continuation',
      commandId: held.commandId,
      ...(principal !== undefined && { principal }),
    };
    const incoming = { envelope, bytes: held.bytes, cause, held, patient };
    const { next } = this.#state;
    try {
      this.#decide(incoming);
    } catch (error) {
      this.#quarantine.command(incoming, error);
    }
    if (this.#state.next === next) return false;
    this.#touch(aggregate.id);
    return true;
  }

  /** Refuses a command that was set aside. */
  refuseHeld(aggregate: Aggregate, held: Held, refusal: Rejection): void {
    const cause: Cause = { kind: 'continuation', commandId: held.commandId };
    const { id, version } = aggregate;
    const replyTo = held.replyTo && { replyTo: held.replyTo };
    this.#entries.decision({ aggregate: id, version, cause, outcome: { kind: 'rejected', ...refusal }, ...replyTo });
    this.#touch(id);
  }

  /** The archive knows no such id: whatever waited for its history is decided as if nothing had ever been. */
  decideAsUnknown(aggregate: Aggregate, held: Held): void {
    const { domain, codec } = this.#ports;
    try {
      const envelope = codec.rereadCommand(held.bytes, this.#partition, held.offset);
      const context = this.#contexts.ofNew(envelope);
      const decision =
        domain.decideUnknown?.(envelope.body, context) ?? domain.decide(domain.initial, envelope.body, context);
      const cause: Cause = { kind: 'continuation', commandId: held.commandId };
      const incoming = { envelope, bytes: held.bytes, cause, held, patient: false };
      this.#outcomes.decided(incoming, undefined, decision, undefined);
      this.#touch(aggregate.id);
    } catch (error) {
      this.refuseHeld(aggregate, held, quarantined(reasonOf(error)));
    }
  }

  /**
   * Time, postponed work, a hand-over that failed: what the owner itself says to an aggregate. Returns whether anything
   * was decided; nothing is written otherwise.
   */
  signal(aggregate: Aggregate, signal: OwnerSignal, cause: Cause, admitted?: () => void): boolean {
    this.#events.deciding(aggregate);
    try {
      const decision = this.#ports.domain.decide(aggregate.state, signal, this.#contexts.of(aggregate));
      const verdict = decision.kind === 'awaitDefinitions' ? decision.otherwise : decision;
      if (verdict.kind !== 'accepted' || verdict.events.length === 0) return false;
      const { id, version, state: before, startIndex } = aggregate;
      const outcome = { kind: 'accepted' as const };
      const draft = { aggregate: id, version: version + 1, cause, outcome, events: verdict.events };
      const around = { before, after: verdict.state, between: verdict.states, startIndex };
      this.#entries.decision(admitted === undefined ? draft : { ...draft, admitted }, around);
    } catch (error) {
      if (!this.#quarantine.signal(aggregate, signal.type, error, admitted)) return false;
    }
    this.#touch(aggregate.id);
    return true;
  }

  #read(record: StoredRecord): CommandEnvelope {
    const envelope = this.#ports.codec.readCommand(record, this.#partition);
    const { mark } = envelope;
    if (mark !== undefined && this.#state.marks[mark.partition] === undefined) {
      throw new RangeError(`its mark names partition ${mark.partition}, which does not exist`);
    }
    return envelope;
  }

  /** What concerns commands from the topic only: was it applied before, does it belong here. */
  #command(incoming: Incoming): void {
    const { envelope, cause } = incoming;
    const { aggregate, mark, body } = envelope;
    const highest = mark && this.#state.marks[mark.partition];
    if (highest !== undefined && this.#rules.isRepeat(mark as NonNullable<typeof mark>, highest)) {
      this.#outcomes.appliedBefore(incoming);
    } else if (!this.#rules.belongsHere(this.#ports.partitionOf(aggregate), this.#partition)) {
      this.#outcomes.forwarded(incoming);
    } else if (body.type === 'RevivalAnswer') {
      this.#events.archiveAnswered(envelope, cause);
    } else {
      this.#decide(incoming);
    }
  }

  #decide(incoming: Incoming): void {
    const { envelope } = incoming;
    const { aggregate: id, body, commandId } = envelope;
    const room = this.#state.live.get(id);
    if (room !== undefined) this.#events.deciding(room);
    const subject = room !== undefined && room.version > 0 ? room : this.#state.memory.get(id);
    const defect = subject?.unfoldable ?? subject?.broken;
    if (defect !== undefined) {
      this.#outcomes.rejected(incoming, subject?.version ?? 0, quarantined(defect));
      return;
    }
    const hash = this.#ports.domain.remembers(body) ? hashOf(commandId) : undefined;
    const repeats = hash === undefined ? undefined : (subject ?? this.#state.closed.get(id))?.repeats;
    const first = repeats && firstAnswer(repeats, hash as string);
    if (first !== undefined) this.#outcomes.repeated(incoming, subject?.version ?? 0, first);
    else if (incoming.held === undefined && this.#mustQueue(room, body)) {
      this.#outcomes.setAside(incoming, 'deferred', room);
    } else if (incoming.held === undefined && this.#senderSawMore(envelope)) this.#awaitDefinitions(incoming, room);
    else if (subject === undefined) this.#decideAbsent(incoming, room, hash);
    else this.#decideOn(incoming, subject, room, hash);
  }

  /** Commands behind others that wait keep their place; some may interrupt postponed work. */
  #mustQueue(room: Aggregate | undefined, body: Command): boolean {
    if (room === undefined) return false;
    const { domain } = this.#ports;
    const postponed = room.version > 0 && domain.hasPostponedWork(room.state);
    return postponed ? !domain.mayInterrupt(room.state, body) : room.deferred.length > 0;
  }

  /** The sender has seen a definition that our copy may not have yet. */
  #senderSawMore({ definitionsOffset }: CommandEnvelope): boolean {
    return definitionsOffset !== undefined && definitionsOffset >= this.#ports.definitions.position;
  }

  #decideOn(incoming: Incoming, subject: Aggregate, room: Aggregate | undefined, hash: string | undefined): void {
    const { envelope } = incoming;
    const { domain } = this.#ports;
    let decision: DomainDecision = domain.decide(subject.state, envelope.body, this.#contexts.of(subject, envelope));
    if (decision.kind === 'awaitDefinitions' && incoming.patient) {
      this.#awaitDefinitions(incoming, room);
      return;
    }
    const asleep = this.#state.live.get(subject.id) !== subject;
    if (asleep && changes(decision)) {
      const isBehindOthers = incoming.held === undefined && room !== undefined && room.parked.length > 0;
      if (isBehindOthers || !this.#events.mayWriteBase(subject)) {
        if (incoming.held === undefined) this.#park(incoming, room);
        return;
      }
      // A snapshot first, so that no fold needs the journal before; it takes an index, so the decision is made again.
      subject.deferred = room?.deferred ?? subject.deferred;
      subject.parked = room?.parked ?? subject.parked;
      if (this.#rules.baseBeforeLife('memory')) this.#events.writeBase(subject);
      else this.#state.adopt(subject, this.#state.next);
      decision = domain.decide(subject.state, envelope.body, this.#contexts.of(subject, envelope));
    }
    this.#outcomes.decided(incoming, subject, decision, hash);
  }

  /** An id that is neither live nor remembered: a history begins, or the id ended, or the archive has to say. */
  #decideAbsent(incoming: Incoming, room: Aggregate | undefined, hash: string | undefined): void {
    const { envelope } = incoming;
    const { domain } = this.#ports;
    const { aggregate: id, body } = envelope;
    const closing = this.#state.closed.get(id);
    const asked = room !== undefined && room.parked.length > 0;
    if (closing === undefined || asked) {
      const birth: DomainDecision = domain.decide(domain.initial, body, this.#contexts.ofNew(envelope));
      const begins = birth.kind === 'accepted' || birth.kind === 'awaitDefinitions';
      if (asked && !begins) {
        this.#park(incoming, room);
        return;
      }
      const unknown = birth.kind === 'rejected' && birth.rejection.code === 'WORKFLOW_NOT_FOUND';
      if (closing === undefined && !unknown) {
        if (birth.kind === 'awaitDefinitions' && incoming.patient) this.#awaitDefinitions(incoming, room);
        else this.#outcomes.decided(incoming, undefined, birth, hash);
        return;
      }
    }
    const answer = domain.decideClosed(closing?.tag, body, id);
    if (answer.kind === 'revive') this.#park(incoming, room);
    else this.#outcomes.decided(incoming, undefined, answer, hash);
  }

  /** What was set aside before simply stays. */
  #awaitDefinitions(incoming: Incoming, room: Aggregate | undefined): void {
    const { aggregate } = incoming.envelope;
    if (incoming.held === undefined && !this.#outcomes.setAside(incoming, 'deferred', room)) return;
    const held = incoming.held ?? this.#state.live.get(aggregate)?.deferred.at(-1);
    if (held !== undefined) this.#events.awaitsDefinitions(aggregate, held);
  }

  #park(incoming: Incoming, room: Aggregate | undefined): void {
    if (!this.#outcomes.setAside(incoming, 'parked', room)) return;
    const waiting = this.#state.live.get(incoming.envelope.aggregate);
    if (waiting !== undefined) this.#events.awaitsArchive(waiting);
  }

  #touch(id: AggregateId): void {
    const live = this.#state.live.get(id);
    if (live !== undefined) this.#events.touched(live);
  }
}

type CommandCause = Extract<Cause, { readonly kind: 'command' }>;

const noBytes = new Uint8Array(0);

/** Whether the decision writes to the aggregate's history. */
function changes(decision: DomainDecision): boolean {
  const verdict = decision.kind === 'awaitDefinitions' ? decision.otherwise : decision;
  return verdict.kind === 'accepted' && verdict.events.length > 0;
}
