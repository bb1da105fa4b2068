import type { AggregateId, Checkpoint, Decided, EventMeta, JournalEntry, Mark, Snapshot } from '@partitura/model';
import { holdsCommands, newAggregate, type Aggregate, type Held } from './aggregate.ts';
import { joined } from './bytes.ts';
import { ClosedSet } from './closed-set.ts';
import { reasonOf } from './failures.ts';
import { hold, takeHeld } from './held-commands.ts';
import { LiveAggregates } from './live-aggregates.ts';
import { Pins } from './pins.ts';
import type { Domain, State } from './ports.ts';
import { remember } from './repeats.ts';
import type { JournalSettings } from './settings.ts';
import { decodeAggregate, decodeClosed, decodePins, type Pin } from './snapshot.ts';

/** Settings that folding depends on. */
export type FoldSettings = Pick<
  JournalSettings,
  'closedWindowMs' | 'closedCount' | 'closedMemoryCount' | 'residentAggregates' | 'repeats' | 'partitions'
>;

/**
 * What the admitted entries of one partition add up to. {@link apply} is the only way in: an owner applies what it has
 * decided by the same function by which it, and everybody else, folds a journal.
 */
export class PartitionState {
  readonly domain: Domain;
  readonly settings: FoldSettings;
  /** Index of the next entry. */
  next = 0;
  /** Highest `at`. */
  lastAt = 0;
  /** Next offset of `commands[p]`. */
  inputPosition = 0;
  /** All effects of entries up to this index are settled. */
  effectsDone = -1;
  /** Highest mark seen, by source partition. */
  readonly marks: Mark[];
  /** Aggregates with something ahead of them, and ids that only hold commands. */
  readonly live: LiveAggregates;
  /** Closed aggregates that have not left memory yet, longest closed first; each is in the closed set. */
  readonly memory = new Map<AggregateId, Aggregate>();
  readonly closed: ClosedSet;
  readonly pins = new Pins();
  /** Snapshots that were needed and could not be read: a fold from an older base may know better. */
  unreadableSnapshots = 0;
  /** Snapshots of which not all parts have come. */
  readonly #partial = new Map<AggregateId, Uint8Array[]>();
  readonly #forget = (id: AggregateId): void => void this.memory.delete(id);

  constructor(domain: Domain, settings: FoldSettings, floor = 0) {
    this.domain = domain;
    this.settings = settings;
    this.live = new LiveAggregates(domain, settings.residentAggregates);
    this.closed = new ClosedSet(settings.closedWindowMs, settings.closedCount, floor);
    this.marks = Array.from({ length: settings.partitions }, (_, partition) => ({ partition, index: -1, ordinal: -1 }));
  }

  /** The state at the X of a checkpoint; `parts` are the snapshot entries that it names. */
  static atCheckpoint(
    domain: Domain,
    settings: FoldSettings,
    checkpoint: Checkpoint,
    parts: readonly Snapshot[],
  ): PartitionState {
    const state = new PartitionState(domain, settings, checkpoint.floor);
    state.next = checkpoint.admission.next;
    state.lastAt = checkpoint.lastAt;
    state.inputPosition = checkpoint.inputPosition;
    state.effectsDone = checkpoint.settledAtX;
    for (const mark of checkpoint.marks) state.marks[mark.partition] = mark;
    for (const part of parts) {
      if (part.subject === 'closed') for (const closing of decodeClosed(part.body)) state.closed.add(closing);
      else if (part.subject === 'pins')
        for (const [hash, body] of decodePins(part.body)) state.pins.learn(hash, body, part.index);
    }
    return state;
  }

  /**
   * Applies one admitted entry. `after` is what its writer has at hand already: the state after the entry's events, or
   * the aggregate that a snapshot shows. Returns the aggregate that a decision is about, or undefined when the entry
   * stands before its base: then nothing is known of it, and nothing is owed.
   */
  apply(entry: JournalEntry, after?: Aggregate | { readonly state: State }): Aggregate | undefined {
    this.next = entry.index + 1;
    if (entry.at > this.lastAt) this.lastAt = entry.at;
    if (entry.effectsDone > this.effectsDone) this.effectsDone = entry.effectsDone;
    this.closed.passTime(entry.at, this.#forget);
    if (entry.kind === 'decision') return this.#decision(entry, after);
    if (entry.kind === 'checkpoint') this.pins.forgetBefore(entry.admission.next);
    else this.#snapshot(entry, after as Aggregate | undefined);
    return undefined;
  }

  /** What evicts and closes by time counts an entry that is about to be decided at `at` like one that was. */
  passTime(at: number): void {
    this.closed.passTime(at, this.#forget);
  }

  #decision(entry: Decided, after: { readonly state: State } | undefined): Aggregate | undefined {
    const { cause, outcome } = entry;
    let aggregate = this.live.get(entry.aggregate);
    let taken: Held | undefined;
    if (cause.kind === 'command') {
      this.inputPosition = cause.offset + 1;
      if (cause.mark !== undefined) this.#see(cause.mark);
    } else if (cause.kind === 'continuation' && cause.commandId !== undefined && aggregate !== undefined) {
      taken = takeHeld(aggregate, entry, cause.commandId);
    }
    if (this.#partial.size > 0) this.#partial.delete(entry.aggregate);

    if (entry.events.length > 0) {
      aggregate = entry.version === 1 ? this.#born(entry, aggregate) : aggregate;
      if (aggregate === undefined || (entry.version > 1 && aggregate.version + 1 !== entry.version)) return undefined;
      for (const event of entry.events) this.pins.learnFrom(event, entry.index);
      if (after === undefined) this.#evolve(aggregate, entry);
      else aggregate.state = after.state;
      aggregate.version = entry.version;
    }
    if (entry.carried !== undefined && (outcome.kind === 'deferred' || outcome.kind === 'parked')) {
      aggregate ??= this.#waitingRoom(entry);
      hold(aggregate, entry, taken);
    } else if (outcome.kind === 'parked' && aggregate !== undefined) {
      aggregate.request = entry.index;
    }
    if (aggregate === undefined) return undefined;

    if (entry.commandHash !== undefined && outcome.kind === 'accepted') {
      const one = { hash: entry.commandHash, outcome };
      aggregate.repeats =
        entry.version === 1 && entry.events.length > 0
          ? { start: one, latest: [] }
          : remember(aggregate.repeats, one, this.settings.repeats);
    }
    if (!holdsCommands(aggregate)) this.#leave(aggregate, entry);
    return aggregate;
  }

  #see(mark: Mark): void {
    const highest = this.marks[mark.partition];
    if (
      highest !== undefined &&
      (mark.index > highest.index || (mark.index === highest.index && mark.ordinal > highest.ordinal))
    ) {
      this.marks[mark.partition] = mark;
    }
  }

  /** A history begins; commands that waited for it stay with it. */
  #born(entry: Decided, waiting: Aggregate | undefined): Aggregate {
    const aggregate = newAggregate(entry.aggregate, this.domain.initial);
    if (waiting !== undefined) {
      aggregate.deferred = waiting.deferred;
      aggregate.parked = waiting.parked;
      aggregate.request = waiting.request;
    }
    aggregate.startIndex = entry.index;
    aggregate.baseIndex = entry.index;
    this.closed.delete(entry.aggregate);
    this.memory.delete(entry.aggregate);
    this.live.set(entry.aggregate, aggregate);
    return aggregate;
  }

  #waitingRoom(entry: Decided): Aggregate {
    const aggregate = newAggregate(entry.aggregate, this.domain.initial);
    aggregate.baseIndex = entry.index;
    this.live.set(entry.aggregate, aggregate);
    return aggregate;
  }

  #evolve(aggregate: Aggregate, entry: Decided): void {
    if (aggregate.unfoldable !== undefined) return;
    const meta = metaOf(entry, aggregate.startIndex);
    try {
      let state = aggregate.state;
      for (const event of entry.events) state = this.domain.evolve(state, event, meta);
      aggregate.state = state;
    } catch (error) {
      aggregate.unfoldable = reasonOf(error);
    }
  }

  /** What has ended, or holds nothing any more, is live no longer. */
  #leave(aggregate: Aggregate, { index, at }: Decided): void {
    const { id, startIndex, version, repeats } = aggregate;
    if (version === 0) {
      this.live.delete(id);
      return;
    }
    const tag = this.#endedAs(aggregate);
    if (tag === undefined) return;
    this.live.delete(id);
    this.memory.delete(id);
    this.memory.set(id, aggregate);
    this.closed.add({ id, startIndex, version, index, at, tag, repeats }, this.#forget);
    if (this.memory.size > this.settings.closedMemoryCount) this.#forgetOldest();
  }

  /** The closed set's word for it; undefined while it is open. Folding is total, so a throw concerns this one alone. */
  #endedAs(aggregate: Aggregate): string | undefined {
    const { state, unfoldable } = aggregate;
    if (unfoldable !== undefined) return undefined;
    try {
      return this.domain.isClosed(state) ? this.domain.closedTag(state) : undefined;
    } catch (error) {
      aggregate.unfoldable = reasonOf(error);
      return undefined;
    }
  }

  #forgetOldest(): void {
    for (const id of this.memory.keys()) {
      this.memory.delete(id);
      return;
    }
  }

  /** A base: from here on the journal before need not be read for this aggregate. */
  #snapshot(entry: Snapshot, shown: Aggregate | undefined): void {
    if (entry.subject === 'pins')
      for (const [hash, body] of decodePins(entry.body)) this.pins.learn(hash, body, entry.index);
    if (entry.subject !== 'aggregate') return;
    if (shown !== undefined) {
      if (entry.part === entry.parts - 1) {
        this.adopt(shown, entry.index);
        if (entry.why === 'revival') this.pins.learnAll(this.domain.pins(shown.state), entry.index);
      }
      return;
    }
    const body = this.#assemble(entry);
    if (body === undefined) return;
    const known = this.live.get(entry.aggregate);
    if (entry.why === 'checkpoint' && known !== undefined && known.version > 0 && known.version === entry.version) {
      known.baseIndex = entry.index;
      return;
    }
    this.adopt(this.#decode(entry, body), entry.index);
  }

  #decode(entry: Snapshot, body: Uint8Array): Aggregate {
    const { aggregate: id, version, stateVersion, index } = entry;
    const learn = ([hash, pin]: Pin): void => this.pins.learn(hash, pin, index);
    try {
      return decodeAggregate(this.domain, id, version, stateVersion, body, learn);
    } catch (error) {
      this.unreadableSnapshots += 1;
      return { ...newAggregate(id, this.domain.initial), version, unfoldable: reasonOf(error) };
    }
  }

  /** A closed aggregate lives again, or one that was unknown is known: `index` is that of its snapshot's last part. */
  adopt(aggregate: Aggregate, index: number): void {
    aggregate.baseIndex = index;
    this.live.set(aggregate.id, aggregate);
    if (aggregate.version === 0) return;
    this.closed.delete(aggregate.id);
    this.memory.delete(aggregate.id);
  }

  /** The whole body once its last part is here. Parts with an entry of the aggregate between them are void. */
  #assemble(entry: Snapshot): Uint8Array | undefined {
    if (entry.parts === 1) return entry.body;
    const parts = entry.part === 0 ? [] : this.#partial.get(entry.aggregate);
    if (parts?.length !== entry.part) {
      this.#partial.delete(entry.aggregate);
      return undefined;
    }
    parts.push(entry.body);
    if (parts.length < entry.parts) {
      this.#partial.set(entry.aggregate, parts);
      return undefined;
    }
    this.#partial.delete(entry.aggregate);
    return joined(parts);
  }
}

export function metaOf(entry: Decided, startIndex: number): EventMeta {
  return { aggregate: entry.aggregate, startIndex, index: entry.index, version: entry.version, at: entry.at };
}
