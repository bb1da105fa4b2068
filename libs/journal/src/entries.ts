import type { LogRecord } from '@partitura/log';
import type {
  AggregateId,
  Cause,
  Checkpoint,
  Decided,
  DomainEvent,
  EndedRun,
  JournalEntry,
  Outcome,
  Reply,
  ReplyAddress,
  SendReply,
  Snapshot,
} from '@partitura/model';
import type { Aggregate } from './aggregate.ts';
import type { JournalWriter, Written } from './append.ts';
import type { Effects } from './effects.ts';
import { Halt, reasonOf } from './failures.ts';
import { reactTo, repliesAmong, type Addressing, type Owed, type OwnEffect } from './owed.ts';
import type { OwnerClock } from './owner-clock.ts';
import type { PartitionState } from './partition-state.ts';
import type { JournalPorts, State } from './ports.ts';
import { faithful } from './rules.ts';
import type { Replies } from './replies.ts';

/** What was decided, before it is an entry. */
export interface Draft {
  readonly aggregate: AggregateId;
  readonly version: number;
  readonly cause: Cause;
  readonly outcome: Outcome;
  readonly events?: readonly DomainEvent[];
  readonly commandHash?: string;
  readonly carried?: Decided['carried'];
  /** An effect of the entry itself. */
  readonly own?: OwnEffect;
  /** Who is told the outcome once the entry is admitted. */
  readonly replyTo?: ReplyAddress;
  /** The entry is admitted. */
  readonly admitted?: () => void;
}

/** The aggregate around a decision with events. */
export interface Around {
  readonly before: State;
  readonly after: State;
  /** Behind each event but the last, where they are at hand. */
  readonly between?: readonly State[] | undefined;
  readonly startIndex: number;
}

/** An entry on its way to admission, with everything that leaves then. */
export interface PendingEntry extends Written {
  readonly owed: readonly Owed[];
  readonly replies: readonly SendReply[];
  /** What the replies tell of the run. */
  readonly run?: EndedRun | undefined;
  readonly replyTo: ReplyAddress | undefined;
  readonly admittedAt?: ((offset: number) => void) | undefined;
}

/** The encoded entry is larger than entries may be. */
export class EntryTooLarge extends Error {
  constructor(bytes: number, limit: number) {
    super(`the decision has ${bytes} bytes, entries have at most ${limit}`);
    this.name = 'EntryTooLarge';
  }
}

type Unnumbered<T extends JournalEntry> = Omit<T, 'epoch' | 'index' | 'effectsDone' | 'at'>;

/** Turns decisions into entries: numbers them, encodes them, applies them to the state, queues them for the journal. */
export class Entries {
  readonly #ports: JournalPorts;
  readonly #partition: number;
  readonly #state: PartitionState;
  readonly #writer: JournalWriter<PendingEntry>;
  readonly #effects: Effects;
  readonly #replies: Replies;
  readonly #addressing: Addressing;
  readonly #clock: OwnerClock;
  #at = 0;
  #recordedDone: number;
  /** Bytes of entries written since X. */
  bytes = 0;

  constructor(
    ports: JournalPorts,
    partition: number,
    state: PartitionState,
    writer: JournalWriter<PendingEntry>,
    effects: Effects,
    replies: Replies,
    addressing: Addressing,
    clock: OwnerClock,
  ) {
    this.#ports = ports;
    this.#partition = partition;
    this.#state = state;
    this.#writer = writer;
    this.#effects = effects;
    this.#replies = replies;
    this.#addressing = addressing;
    this.#clock = clock;
    this.#recordedDone = state.effectsDone;
    this.newMoment();
  }

  /** Time of the entries that are written now. */
  get at(): number {
    return this.#at;
  }
  /** `effectsDone` as the latest entry has it. */
  get recordedDone(): number {
    return this.#recordedDone;
  }

  /** Reads the clock: what is decided from here on has a new time. Never before the journal's last. */
  newMoment(): number {
    this.#at = Math.max(this.#clock.now(), this.#state.lastAt);
    return this.#at;
  }

  /**
   * Writes a decision. `around` is needed when it has events. Throws before anything is changed: `EntryTooLarge`, or
   * what encoding and reacting throw.
   */
  decision(draft: Draft, around?: Around): void {
    const { outcome } = draft;
    const entry = this.#entryOf(draft);
    const record = this.#encode(entry);
    const { domain } = this.#ports;
    const effects =
      around === undefined
        ? noEvents
        : reactTo(domain, this.#state.pins, entry, around.startIndex, around.before, {
            state: around.after,
            states: around.between,
          });
    const owed =
      effects.length === 0 && draft.own === undefined ? noEvents : this.#addressing.owed(entry, effects, draft.own);
    this.#apply(entry, around && { state: around.after });
    const { replyTo, admitted } = draft;
    const replies = repliesAmong(effects);
    const run = replies.length > 0 && around !== undefined ? domain.endedRun?.(around.after) : undefined;
    this.#push(entry, record, { owed, replies, run, replyTo, admittedAt: admitted });
    if (outcome.kind !== 'accepted') this.#ports.observer.notAccepted?.(this.#partition, outcome.kind);
  }

  #entryOf({ aggregate, version, cause, outcome, events = noEvents, commandHash, carried }: Draft): Decided {
    const { epoch, index, effectsDone, at } = this.#numbers();
    const entry: { -readonly [K in keyof Decided]: Decided[K] } = {
      kind: 'decision',
      epoch,
      index,
      effectsDone,
      at,
      aggregate,
      version,
      cause,
      outcome,
      events,
    };
    if (commandHash !== undefined) entry.commandHash = commandHash;
    if (carried !== undefined) entry.carried = carried;
    return entry;
  }

  /** Writes one part of a snapshot. The last part of an aggregate's is its base: from then on it is live. */
  snapshot(
    part: Omit<Unnumbered<Snapshot>, 'kind'>,
    shown: Aggregate | undefined,
    admittedAt?: (offset: number) => void,
  ): void {
    const entry: Snapshot = { kind: 'snapshot', ...this.#numbers(), ...part };
    const record = this.#encode(entry);
    this.#apply(entry, shown);
    this.#push(entry, record, { owed: noEvents, replies: noEvents, replyTo: undefined, admittedAt });
  }

  checkpoint(checkpoint: Omit<Unnumbered<Checkpoint>, 'kind'>, admittedAt: (offset: number) => void): void {
    const entry: Checkpoint = { kind: 'checkpoint', ...this.#numbers(), ...checkpoint };
    const record = this.#encode(entry);
    this.#apply(entry);
    this.#push(entry, record, { owed: noEvents, replies: noEvents, replyTo: undefined, admittedAt });
  }

  /** A batch was admitted: what its entries owe may leave. */
  admitted(batch: readonly PendingEntry[], offsets: (i: number) => number): void {
    const { effectsAwaitAdmission } = this.#ports.rules ?? faithful;
    for (const [i, pending] of batch.entries()) {
      const offset = offsets(i);
      if (effectsAwaitAdmission) this.#release(pending, offset);
      pending.admittedAt?.(offset);
    }
    const last = batch[batch.length - 1];
    if (last !== undefined) this.#effects.admittedThrough(last.entry.index);
    this.#effects.flush();
    this.#replies.flush();
  }

  /** A throw in here leaves the state half changed: nothing may be decided on it any more. */
  #apply(entry: JournalEntry, after?: Aggregate | { readonly state: State }): void {
    try {
      this.#state.apply(entry, after);
    } catch (error) {
      throw new Halt('RUNTIME_DEFECT', `an entry could not be applied: ${reasonOf(error)}`, { cause: error });
    }
  }

  #numbers(): { epoch: number; index: number; effectsDone: number; at: number } {
    const effectsDone = Math.max(this.#state.effectsDone, this.#effects.done);
    return { epoch: this.#writer.epoch, index: this.#state.next, effectsDone, at: this.#at };
  }

  #encode(entry: JournalEntry): LogRecord {
    const record = this.#ports.codec.encodeEntry(entry);
    const bytes = record.value?.length ?? 0;
    const { entryBytes } = this.#ports.settings;
    if (bytes > entryBytes) throw new EntryTooLarge(bytes, entryBytes);
    return record;
  }

  #push(entry: JournalEntry, record: LogRecord, rest: Omit<PendingEntry, keyof Written>): void {
    this.#recordedDone = entry.effectsDone;
    const bytes = (record.value?.length ?? 0) + (record.key?.length ?? 0) + recordOverhead;
    this.bytes += bytes;
    const { owed, replies, run, replyTo, admittedAt } = rest;
    const pending: PendingEntry = { entry, record, bytes, owed, replies, run, replyTo, admittedAt };
    this.#writer.push(pending);
    if ((this.#ports.rules ?? faithful).effectsAwaitAdmission) return;
    this.#release(pending, -1);
    this.#effects.flush();
  }

  #release(pending: PendingEntry, offset: number): void {
    const { entry, owed, replies, run, replyTo } = pending;
    if (entry.kind !== 'decision') return;
    const { outcome } = entry;
    if (owed.length > 0) this.#effects.add(entry, owed, replyTo && this.#replyAfterBroadcast(pending, offset));
    if (replyTo !== undefined && !owed.some(isBroadcast)) this.#reply(replyTo, outcome, offset);
    for (const { to, outcome: end } of replies) this.#reply(to, end, offset, run && { run });
  }

  /** A definition counts as registered once everybody can read it. */
  #replyAfterBroadcast({ entry, owed, replyTo }: PendingEntry, offset: number) {
    let open = owed.filter(isBroadcast).length;
    if (open === 0 || replyTo === undefined || entry.kind !== 'decision') return undefined;
    const { outcome } = entry;
    return (effect: Owed, definitionsOffset: number | undefined): void => {
      if (!isBroadcast(effect) || --open > 0) return;
      this.#reply(replyTo, outcome, offset, definitionsOffset === undefined ? undefined : { definitionsOffset });
      this.#replies.flush();
    };
  }

  #reply(
    to: ReplyAddress,
    outcome: Outcome,
    offset: number,
    more?: Pick<Reply, 'definitionsOffset'> | Pick<Reply, 'run'>,
  ): void {
    const { instance, correlation } = to;
    this.#replies.add(to.partition, { instance, correlation, outcome, partition: this.#partition, offset, ...more });
  }
}

const isBroadcast = (owed: Owed): boolean => owed.target.kind === 'definitions';
const noEvents: readonly never[] = [];
const recordOverhead = 32;
