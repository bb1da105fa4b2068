import type { StoredRecord } from '@partitura/log';
import {
  aggregateId,
  commandId as asCommandId,
  rejection,
  type Command,
  type CommandEnvelope,
  type DomainEvent,
  type Outcome,
  type Rejection,
  type Verdict,
} from '@partitura/model';
import { heldBytes, type Aggregate } from './aggregate.ts';
import type { Draft, Entries } from './entries.ts';
import type { DomainDecision, Incoming } from './incoming.ts';
import type { PartitionState } from './partition-state.ts';
import type { JournalPorts, State } from './ports.ts';

type Accepted = Extract<Verdict<State, DomainEvent>, { kind: 'accepted' }>;

/** Where commands that nobody can read are recorded. */
const unreadable = aggregateId('$unreadable');

/** Writes what became of a command: its one entry, and the answer that leaves when that is admitted. */
export class Outcomes {
  readonly #ports: JournalPorts;
  readonly #partition: number;
  readonly #state: PartitionState;
  readonly #entries: Entries;

  constructor(ports: JournalPorts, partition: number, state: PartitionState, entries: Entries) {
    this.#ports = ports;
    this.#partition = partition;
    this.#state = state;
    this.#entries = entries;
  }

  /** Whatever the domain has said; `hash` is that of the command's id where the aggregate remembers it. */
  decided(
    incoming: Incoming,
    subject: Aggregate | undefined,
    decision: DomainDecision,
    hash: string | undefined,
  ): void {
    const verdict = decision.kind === 'awaitDefinitions' ? decision.otherwise : decision;
    if (verdict.kind === 'accepted') {
      this.#accepted(incoming, subject, verdict, hash);
    } else if (verdict.kind === 'rejected') {
      this.rejected(incoming, subject?.version ?? 0, verdict.rejection);
    } else {
      const { result } = verdict;
      this.repeated(incoming, subject?.version ?? 0, { kind: 'accepted', ...(result && { result }) });
    }
  }

  rejected(incoming: Incoming, version: number, { code, reason }: Rejection): void {
    this.#answered(incoming, version, { kind: 'rejected', code, reason });
  }

  /** A repeat of an accepted command gets the first answer. */
  repeated(incoming: Incoming, version: number, first: Outcome): void {
    this.#answered(incoming, version, { kind: 'duplicate', first });
  }

  /** A command of another partition that was applied before; nobody waits for a second answer. */
  appliedBefore({ envelope, cause }: Incoming): void {
    const { aggregate } = envelope;
    const version = this.#state.live.get(aggregate)?.version ?? 0;
    this.#entries.decision({ aggregate, version, cause, outcome: { kind: 'duplicate' } });
  }

  /** The aggregate lives in another partition, which answers. */
  forwarded({ envelope, bytes, cause }: Incoming): void {
    const { aggregate, replyTo } = envelope;
    const carried = { bytes, ...(replyTo && { replyTo }) };
    const own = { kind: 'Forward' as const, envelope };
    this.#entries.decision({ aggregate, version: 0, cause, outcome: { kind: 'forwarded' }, carried, own });
  }

  /**
   * Consumed but not decided: its bytes become state. False when there is no room for more; then it was refused, which
   * happens only to commands from outside.
   */
  setAside(incoming: Incoming, kind: 'deferred' | 'parked', room: Aggregate | undefined): boolean {
    const { envelope, bytes, cause } = incoming;
    const { aggregate, mark, replyTo } = envelope;
    const version = room?.version ?? 0;
    const line = (kind === 'deferred' ? room?.deferred : room?.parked) ?? [];
    const { deferredBytes } = this.#ports.settings;
    if (mark === undefined && line.length > 0 && heldBytes(line) + bytes.length > deferredBytes) {
      const full = `commands of ${deferredBytes} bytes in all wait for ${aggregate} already; try again later`;
      this.rejected(incoming, version, rejection('BUSY', full));
      return false;
    }
    const carried = { bytes, ...(replyTo && { replyTo }) };
    this.#entries.decision({ aggregate, version, cause, outcome: { kind }, carried });
    return true;
  }

  /** Nobody can apply this record: it is kept for a person to look at. */
  deadLettered(record: StoredRecord, reason: string, envelope?: CommandEnvelope): void {
    const { offset, timestamp, value, key, headers = {} } = record;
    const topic = this.#ports.topics.commands;
    const partition = this.#partition;
    const bytes = { ...(value && { value }), ...(key && { key }), headers };
    const letter = { topic, partition, offset, reason, at: this.#entries.at, timestamp, ...bytes };
    const { aggregate = unreadable, commandId = asCommandId(''), mark, replyTo } = envelope ?? {};
    this.#entries.decision({
      aggregate,
      version: this.#state.live.get(aggregate)?.version ?? 0,
      cause: { kind: 'command', commandId, offset, ...(mark && { mark }) },
      outcome: { kind: 'deadLettered', reason },
      ...(value !== null && value.length <= letterInEntry && { carried: { bytes: value } }),
      own: { kind: 'WriteDeadLetter', letter },
      ...(replyTo && { replyTo }),
    });
    const message = `${topic}[${partition}] offset ${offset} cannot be applied: ${reason}; it went to the dead letters`;
    this.#ports.observer.alarm({ partition, code: 'DEAD_LETTER', message });
  }

  #accepted(incoming: Incoming, subject: Aggregate | undefined, verdict: Accepted, hash: string | undefined): void {
    const { envelope, cause } = incoming;
    const { events, result } = verdict;
    const { aggregate, replyTo, body } = envelope;
    const changes = events.length > 0;
    const lives = subject !== undefined && this.#state.live.get(aggregate) === subject;
    const draft: { -readonly [K in keyof Draft]: Draft[K] } = {
      aggregate,
      version: (subject?.version ?? 0) + (changes ? 1 : 0),
      cause,
      outcome: result === undefined ? accepted : { kind: 'accepted', result },
      events,
    };
    if (hash !== undefined && (changes || lives)) draft.commandHash = hash;
    if (replyTo !== undefined && !repliesLater(body)) draft.replyTo = replyTo;
    if (!changes) {
      this.#entries.decision(draft);
      return;
    }
    const before = subject === undefined ? this.#ports.domain.initial : subject.state;
    const startIndex = subject?.startIndex ?? this.#state.next;
    this.#entries.decision(draft, { before, after: verdict.state, between: verdict.states, startIndex });
  }

  #answered({ envelope, cause }: Incoming, version: number, outcome: Outcome): void {
    const { aggregate, replyTo } = envelope;
    this.#entries.decision({ aggregate, version, cause, outcome, ...(replyTo && { replyTo }) });
  }
}

const accepted = { kind: 'accepted' } as const;
/** Larger ones are read again from `commands` if their letter has to be written again. */
const letterInEntry = 64 * 1024;

/** A synchronous start is answered when the workflow has ended. */
const repliesLater = (body: Command): boolean => body.type === 'StartWorkflow' && body.replyWhenEnded;
