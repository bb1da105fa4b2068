import type { StoredRecord } from '@partitura/log';
import {
  aggregateId,
  commandId as asCommandId,
  rejection,
  type AggregateId,
  type Cause,
  type Command,
  type CommandEnvelope,
  type DecideContext,
  type Decision,
  type DomainEvent,
  type OwnerSignal,
  type Rejection,
  type ReplyAddress,
  type Verdict,
} from '@partitura/model';
import { heldBytes, type Aggregate, type Held } from './aggregate.ts';
import { EntryTooLarge, type Draft, type Entries } from './entries.ts';
import { reasonOf } from './failures.ts';
import type { PartitionState } from './partition-state.ts';
import type { JournalPorts, State } from './ports.ts';
import { firstAnswer, hashOf, type Repeats } from './repeats.ts';
import { faithful, type Rules } from './rules.ts';

/** What deciding causes outside the state. */
export interface DecisionsEvents {
  /** Something about the aggregate changed: when it wants to be woken, whether it has work left. */
  touched(aggregate: Aggregate): void;
  /** This command, last in its line if it was read just now, waits until the copy of the definitions is known to be current. */
  awaitsDefinitions(aggregate: AggregateId, held: Held): void;
  /** The archive is to be asked for the history of this id. */
  awaitsArchive(aggregate: Aggregate): void;
  /** The archive's answer came; whoever asked says what it is worth. */
  archiveAnswered(envelope: CommandEnvelope, cause: Cause): void;
  /** A closed aggregate will live again: its snapshot is to be written first. */
  writeBase(aggregate: Aggregate): void;
  /** Something is about to be decided for this aggregate: if a checkpoint still has to carry it, then now. */
  deciding(aggregate: Aggregate): void;
}

/** A command on its way through {@link Decisions}. */
interface Incoming {
  readonly envelope: CommandEnvelope;
  readonly bytes: Uint8Array;
  readonly cause: Cause;
  /** Where it waited, if it was set aside before; otherwise it was read from the topic just now. */
  readonly held?: Held;
  /** May wait for newer definitions. */
  readonly patient: boolean;
}

type Decided = Decision<State, DomainEvent>;

/** Where commands that nobody can read are recorded. */
const unreadable = aggregateId('$unreadable');

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
  readonly #limits: DecideContext['limits'];

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
    const { eventsPerDecision, bytesPerDecision } = ports.settings;
    this.#limits = { eventsPerDecision, bytesPerDecision };
  }

  /** A record of `commands[p]`. Always writes exactly one decision entry that moves the input position. */
  record(record: StoredRecord): void {
    this.#state.passTime(this.#entries.at);
    let envelope: CommandEnvelope;
    try {
      envelope = this.#ports.codec.readCommand(record, this.#partition);
      const { mark } = envelope;
      if (mark !== undefined && this.#state.marks[mark.partition] === undefined) {
        throw new RangeError(`its mark names partition ${mark.partition}, which does not exist`);
      }
    } catch (error) {
      this.#deadLetter(record, reasonOf(error));
      return;
    }
    const { commandId, mark, principal } = envelope;
    const cause: Cause = {
      kind: 'command',
      commandId,
      offset: record.offset,
      ...(mark && { mark }),
      ...(principal !== undefined && { principal }),
    };
    const incoming = { envelope, bytes: record.value ?? noBytes, cause, patient: true };
    try {
      this.#command(incoming);
    } catch (error) {
      this.#failed(incoming, error, record);
    }
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
      this.#failed(incoming, error);
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
    const envelope = this.#ports.codec.rereadCommand(held.bytes, this.#partition, held.offset);
    const decision = this.#ports.domain.decide(
      this.#ports.domain.initial,
      envelope.body,
      this.#context(aggregate.id, undefined, envelope),
    );
    const notFound = rejection('WORKFLOW_NOT_FOUND', `no workflow with id ${aggregate.id} is known`);
    this.refuseHeld(aggregate, held, decision.kind === 'rejected' ? decision.rejection : notFound);
  }

  /**
   * Time, postponed work, a hand-over that failed: what the owner itself says to an aggregate. Returns whether anything
   * was decided; nothing is written otherwise.
   */
  signal(aggregate: Aggregate, signal: OwnerSignal, cause: Cause, admitted?: () => void): boolean {
    this.#events.deciding(aggregate);
    try {
      const decision = this.#ports.domain.decide(aggregate.state, signal, this.#context(aggregate.id, aggregate));
      const verdict = decision.kind === 'awaitDefinitions' ? decision.otherwise : decision;
      if (verdict.kind !== 'accepted' || verdict.events.length === 0) return false;
      const { id, version, state: before, startIndex } = aggregate;
      const draft: Draft = {
        aggregate: id,
        version: version + 1,
        cause,
        outcome: { kind: 'accepted' },
        events: verdict.events,
        ...(admitted && { admitted }),
      };
      this.#entries.decision(draft, { before, after: verdict.state, startIndex });
    } catch (error) {
      this.#alarmQuarantine(aggregate.id, signal.type, error);
      if (!this.#quarantine(aggregate, reasonOf(error), { kind: 'owner' }, undefined, admitted)) throw error;
    }
    this.#touch(aggregate.id);
    return true;
  }

  #command(incoming: Incoming): void {
    const { envelope, bytes, cause } = incoming;
    const { aggregate, mark, replyTo } = envelope;
    if (mark !== undefined) {
      const highest = this.#state.marks[mark.partition];
      if (highest !== undefined && this.#rules.isRepeat(mark, highest)) {
        this.#entries.decision({ aggregate, version: this.#version(aggregate), cause, outcome: { kind: 'duplicate' } });
        return;
      }
    }
    if (!this.#rules.belongsHere(this.#ports.partitionOf(aggregate), this.#partition)) {
      const carried = { bytes, ...(replyTo && { replyTo }) };
      const own = { kind: 'Forward' as const, envelope };
      this.#entries.decision({ aggregate, version: 0, cause, outcome: { kind: 'forwarded' }, carried, own });
      return;
    }
    if (envelope.body.type === 'RevivalAnswer') {
      this.#events.archiveAnswered(envelope, cause);
      return;
    }
    this.#decide(incoming);
    this.#touch(aggregate);
  }

  #decide(incoming: Incoming): void {
    const { envelope } = incoming;
    const fresh = incoming.held === undefined;
    const { aggregate: id, body } = envelope;
    const room = this.#state.live.get(id);
    if (room !== undefined) this.#events.deciding(room);
    const subject = room !== undefined && room.version > 0 ? room : this.#state.memory.get(id);
    if (subject?.unfoldable !== undefined) {
      this.#reject(incoming, subject.version, quarantined(subject.unfoldable));
      return;
    }
    const hash = this.#ports.domain.remembers(body) ? hashOf(envelope.commandId) : undefined;
    if (hash !== undefined && this.#answeredBefore(incoming, hash, subject?.repeats, subject?.version)) return;
    if (fresh && room !== undefined && this.#mustQueue(room, body)) {
      this.#setAside(incoming, 'deferred', room);
      return;
    }
    if (fresh && this.#sawNewerDefinitions(envelope)) {
      this.#awaitDefinitions(incoming, room);
      return;
    }
    if (subject === undefined) this.#decideAbsent(incoming, room, hash);
    else this.#decideOn(incoming, subject, room, hash);
  }

  /** A repeat of an accepted command gets the first answer. */
  #answeredBefore(
    incoming: Incoming,
    hash: string,
    repeats: Repeats | undefined,
    version: number | undefined,
  ): boolean {
    const known = repeats ?? this.#state.closed.get(incoming.envelope.aggregate)?.repeats;
    const first = known && firstAnswer(known, hash);
    if (first === undefined) return false;
    this.#answer(incoming, { version: version ?? 0, outcome: { kind: 'duplicate', first } });
    return true;
  }

  /** Commands behind others that wait keep their place; some may interrupt postponed work. */
  #mustQueue(room: Aggregate, body: Command): boolean {
    const { domain } = this.#ports;
    const postponed = room.version > 0 && domain.hasPostponedWork(room.state);
    if (postponed) return !domain.mayInterrupt(room.state, body);
    return room.deferred.length > 0;
  }

  #sawNewerDefinitions({ definitionsOffset }: CommandEnvelope): boolean {
    return definitionsOffset !== undefined && definitionsOffset >= this.#ports.definitions.position;
  }

  /** What was set aside before simply stays. */
  #awaitDefinitions(incoming: Incoming, room: Aggregate | undefined): void {
    const { aggregate } = incoming.envelope;
    if (incoming.held === undefined && !this.#setAside(incoming, 'deferred', room)) return;
    const held = incoming.held ?? this.#state.live.get(aggregate)?.deferred.at(-1);
    if (held !== undefined) this.#events.awaitsDefinitions(aggregate, held);
  }

  #decideOn(incoming: Incoming, subject: Aggregate, room: Aggregate | undefined, hash: string | undefined): void {
    const { envelope } = incoming;
    const { domain } = this.#ports;
    let decision: Decided = domain.decide(subject.state, envelope.body, this.#context(subject.id, subject, envelope));
    if (decision.kind === 'awaitDefinitions' && incoming.patient) {
      this.#awaitDefinitions(incoming, room);
      return;
    }
    const asleep = subject !== room;
    if (asleep && brings(decision)) {
      // A snapshot first, so that no fold needs the journal before; it takes an index, so the decision is made again.
      subject.deferred = room?.deferred ?? subject.deferred;
      subject.parked = room?.parked ?? subject.parked;
      if (this.#rules.baseBeforeLife('memory')) this.#events.writeBase(subject);
      else this.#state.adopt(subject, this.#state.next);
      decision = domain.decide(subject.state, envelope.body, this.#context(subject.id, subject, envelope));
    }
    this.#conclude(incoming, subject, decision, hash);
  }

  /** An id that is neither live nor remembered. */
  #decideAbsent(incoming: Incoming, room: Aggregate | undefined, hash: string | undefined): void {
    const { envelope } = incoming;
    const { domain } = this.#ports;
    const { aggregate: id, body } = envelope;
    const closing = this.#state.closed.get(id);
    const asked = room !== undefined && room.parked.length > 0;
    if (closing === undefined || asked) {
      const birth: Decided = domain.decide(domain.initial, body, this.#context(id, undefined, envelope));
      const begins = birth.kind === 'accepted' || birth.kind === 'awaitDefinitions';
      if (!begins && asked) {
        this.#park(incoming, room);
        return;
      }
      const unknown = birth.kind === 'rejected' && birth.rejection.code === 'WORKFLOW_NOT_FOUND';
      if (closing === undefined && !unknown) {
        if (birth.kind === 'awaitDefinitions' && incoming.patient) this.#awaitDefinitions(incoming, room);
        else this.#conclude(incoming, undefined, birth, hash);
        return;
      }
    }
    const answer = domain.decideClosed(closing?.tag, body, id);
    if (answer.kind === 'revive') this.#park(incoming, room);
    else this.#conclude(incoming, undefined, answer, hash);
  }

  /** Writes what was decided. */
  #conclude(incoming: Incoming, subject: Aggregate | undefined, decision: Decided, hash: string | undefined): void {
    const version = subject?.version ?? 0;
    const verdict: Exclude<Decided, { kind: 'awaitDefinitions' }> =
      decision.kind === 'awaitDefinitions' ? decision.otherwise : decision;
    switch (verdict.kind) {
      case 'accepted':
        this.#accept(incoming, subject, verdict, hash);
        return;
      case 'repeated': {
        const { result } = verdict;
        const first = { kind: 'accepted' as const, ...(result && { result }) };
        this.#answer(incoming, { version, outcome: { kind: 'duplicate', first } });
        return;
      }
      case 'rejected':
        this.#reject(incoming, version, verdict.rejection);
    }
  }

  #accept(
    incoming: Incoming,
    subject: Aggregate | undefined,
    verdict: Extract<Verdict<State, DomainEvent>, { kind: 'accepted' }>,
    hash: string | undefined,
  ): void {
    const { envelope, cause } = incoming;
    const { events, result } = verdict;
    const changes = events.length > 0;
    const version = (subject?.version ?? 0) + (changes ? 1 : 0);
    const remembered = hash !== undefined && (changes || (subject !== undefined && this.#isLive(subject)));
    const { replyTo } = envelope;
    const draft: Draft = {
      aggregate: envelope.aggregate,
      version,
      cause,
      outcome: result === undefined ? accepted : { kind: 'accepted', result },
      events,
      ...(remembered && { commandHash: hash }),
      ...(replyTo && !repliesLater(envelope.body) && { replyTo }),
    };
    if (!changes) {
      this.#entries.decision(draft);
      return;
    }
    const before = subject === undefined ? this.#ports.domain.initial : subject.state;
    this.#entries.decision(draft, {
      before,
      after: verdict.state,
      startIndex: subject?.startIndex ?? this.#state.next,
    });
  }

  #reject(incoming: Incoming, version: number, refusal: Rejection): void {
    this.#answer(incoming, { version, outcome: { kind: 'rejected', code: refusal.code, reason: refusal.reason } });
  }

  #answer({ envelope, cause }: Incoming, answer: Pick<Draft, 'version' | 'outcome'>): void {
    const { aggregate, replyTo } = envelope;
    this.#entries.decision({ aggregate, cause, ...answer, ...(replyTo && { replyTo }) });
  }

  /** Records a command as consumed but not decided; its bytes become state. False: there is no room, it is refused. */
  #setAside(incoming: Incoming, kind: 'deferred' | 'parked', room: Aggregate | undefined): boolean {
    const { envelope, bytes, cause } = incoming;
    const { aggregate, mark, replyTo } = envelope;
    const line = (kind === 'deferred' ? room?.deferred : room?.parked) ?? [];
    const { deferredBytes } = this.#ports.settings;
    if (mark === undefined && line.length > 0 && heldBytes(line) + bytes.length > deferredBytes) {
      const waiting = `commands of ${deferredBytes} bytes in all wait for ${aggregate} already; try again later`;
      this.#reject(incoming, room?.version ?? 0, rejection('BUSY', waiting));
      return false;
    }
    const carried = { bytes, ...(replyTo && { replyTo }) };
    this.#entries.decision({ aggregate, version: room?.version ?? 0, cause, outcome: { kind }, carried });
    return true;
  }

  #park(incoming: Incoming, room: Aggregate | undefined): void {
    if (!this.#setAside(incoming, 'parked', room)) return;
    const waiting = this.#state.live.get(incoming.envelope.aggregate);
    if (waiting !== undefined) this.#events.awaitsArchive(waiting);
  }

  /** The domain threw, or produced something that cannot be written. Nothing of that decision was. */
  #failed(incoming: Incoming, error: unknown, record?: StoredRecord): void {
    const { envelope, cause } = incoming;
    const { aggregate: id, mark, replyTo } = envelope;
    const live = this.#state.live.get(id);
    if (error instanceof EntryTooLarge && mark === undefined) {
      this.#reject(incoming, live?.version ?? 0, rejection('TOO_LARGE', error.message));
      return;
    }
    this.#alarmQuarantine(id, envelope.body.type, error);
    const reason = reasonOf(error);
    if (live !== undefined && live.version > 0 && this.#quarantine(live, reason, cause, replyTo)) return;
    if (record === undefined) this.#reject(incoming, live?.version ?? 0, quarantined(reason));
    else this.#deadLetter(record, reason, envelope);
  }

  /** The aggregate records the defect in its own history. Returns false when it cannot even do that. */
  #quarantine(
    aggregate: Aggregate,
    reason: string,
    cause: Cause,
    replyTo?: ReplyAddress,
    admitted?: () => void,
  ): boolean {
    const { id, version, state: before, startIndex } = aggregate;
    try {
      const signal = { type: 'Quarantine' as const, reason };
      const decision = this.#ports.domain.decide(before, signal, this.#context(id, aggregate));
      if (decision.kind !== 'accepted' || decision.events.length === 0) return false;
      const refusal = quarantined(reason);
      const draft: Draft = {
        aggregate: id,
        version: version + 1,
        cause,
        outcome: { kind: 'rejected', code: refusal.code, reason: refusal.reason },
        events: decision.events,
        ...(replyTo && { replyTo }),
        ...(admitted && { admitted }),
      };
      this.#entries.decision(draft, { before, after: decision.state, startIndex });
      return true;
    } catch (error) {
      this.#alarmQuarantine(id, 'Quarantine', error);
      return false;
    }
  }

  #alarmQuarantine(id: AggregateId, what: string, cause: unknown): void {
    const message = `deciding ${what} for ${id} failed: ${reasonOf(cause)}; the aggregate is set aside, the partition goes on`;
    this.#ports.observer.alarm({ partition: this.#partition, code: 'QUARANTINED', message, cause });
  }

  /** Nobody can apply this record: it is kept for a person to look at. */
  #deadLetter(record: StoredRecord, reason: string, envelope?: CommandEnvelope): void {
    const { offset, timestamp, value, key, headers = {} } = record;
    const topic = this.#ports.topics.commands;
    const letter = {
      topic,
      partition: this.#partition,
      offset,
      reason,
      at: this.#entries.at,
      timestamp,
      ...(value && { value }),
      ...(key && { key }),
      headers,
    };
    const mark = envelope?.mark;
    const replyTo = envelope?.replyTo;
    this.#entries.decision({
      aggregate: envelope?.aggregate ?? unreadable,
      version: envelope === undefined ? 0 : this.#version(envelope.aggregate),
      cause: { kind: 'command', commandId: envelope?.commandId ?? asCommandId(''), offset, ...(mark && { mark }) },
      outcome: { kind: 'deadLettered', reason },
      ...(value !== null && value.length <= letterInEntry && { carried: { bytes: value } }),
      own: { kind: 'WriteDeadLetter', letter },
      ...(replyTo && { replyTo }),
    });
    const message = `${topic}[${this.#partition}] offset ${offset} cannot be applied: ${reason}; it went to the dead letters`;
    this.#ports.observer.alarm({ partition: this.#partition, code: 'DEAD_LETTER', message });
  }

  /** `startIndex` of a history that begins now is the index of the entry that is being decided. */
  #context(id: AggregateId, subject: Aggregate | undefined, envelope?: CommandEnvelope): DecideContext {
    const { next } = this.#state;
    const context = {
      aggregate: id,
      startIndex: subject?.startIndex ?? next,
      index: next,
      version: (subject?.version ?? 0) + 1,
      at: this.#entries.at,
      definitions: this.#ports.definitions,
      pinned: this.#state.pins,
      limits: this.#limits,
    };
    const replyTo = envelope?.replyTo;
    const mark = envelope?.mark;
    if (replyTo === undefined && mark === undefined) return context;
    return { ...context, ...(replyTo && { replyTo }), ...(mark && { mark }) };
  }

  #version(id: AggregateId): number {
    return this.#state.live.get(id)?.version ?? 0;
  }
  #isLive(aggregate: Aggregate): boolean {
    return this.#state.live.get(aggregate.id) === aggregate;
  }
  #touch(id: AggregateId): void {
    const live = this.#state.live.get(id);
    if (live !== undefined) this.#events.touched(live);
  }
}

const noBytes = new Uint8Array(0);
/** Larger ones are read again from `commands` if their letter has to be written again. */
const letterInEntry = 64 * 1024;
const accepted = { kind: 'accepted' } as const;

const quarantined = (reason: string): Rejection =>
  rejection('WORKFLOW_QUARANTINED', `a defect stopped this workflow: ${reason}`);

/** Whether the decision writes to the history of an aggregate that has ended. */
function brings(decision: Decided): boolean {
  const verdict = decision.kind === 'awaitDefinitions' ? decision.otherwise : decision;
  return verdict.kind === 'accepted' && verdict.events.length > 0;
}

/** A synchronous start is answered when the workflow has ended. */
const repliesLater = (body: Command): boolean => body.type === 'StartWorkflow' && body.replyWhenEnded;
