import { aggregateId, type AdmissionState, type AggregateId, type Mark, type Snapshot } from '@partitura/model';
import type { Aggregate } from './aggregate.ts';
import type { JournalWriter } from './append.ts';
import { cut } from './bytes.ts';
import type { Closing } from './closed-set.ts';
import type { Effects } from './effects.ts';
import type { Entries, PendingEntry } from './entries.ts';
import { reasonOf } from './failures.ts';
import type { PartitionState } from './partition-state.ts';
import { JournalRetention } from './journal-retention.ts';
import { patiently, type Life } from './patience.ts';
import type { JournalPorts } from './ports.ts';
import { noRepeats } from './repeats.ts';
import { faithful, type Rules } from './rules.ts';
import { encodeAggregate, encodeClosed, encodePins, type Pin } from './snapshot.ts';
import { WrittenAhead } from './written-ahead.ts';

/** The state at X that a fold cannot find after X. */
interface AtX {
  readonly next: number;
  readonly lastAt: number;
  readonly inputPosition: number;
  readonly marks: readonly Mark[];
  readonly floor: number;
  readonly settledAtX: number;
  /** Bytes that this owner had written when X was chosen. */
  readonly bytes: number;
  /** Known once everything before X is admitted. */
  place?: { readonly offset: number; readonly admission: AdmissionState; readonly lastAppendTime: number };
}

/** A checkpoint being made. */
interface Making {
  readonly x: AtX;
  readonly closed: readonly Closing[];
  closedCarried: number;
  /** Live aggregates not looked at yet; those that came after X are passed over. */
  readonly live: Iterator<Aggregate>;
  /** Those of which writing takes long: it goes on beside everything else, and decisions do not wait for it. */
  readonly large: Set<Aggregate>;
  readonly pinned: Set<string>;
  /** Journal offsets of the parts that the checkpoint names; -1: not admitted yet. */
  readonly parts: number[];
  carriedBytes: number;
  /** Highest index when carrying was finished; undefined while carrying. */
  needed?: number;
  written: boolean;
}

/**
 * Bounds recovery: chooses an offset X and writes again, spread over batches, whatever a fold from X would miss. Only
 * when everything before is settled it writes the checkpoint, and only when that is admitted the pointer to it.
 */
export class Checkpointer {
  readonly #ports: JournalPorts;
  readonly #rules: Rules;
  readonly #partition: number;
  readonly #state: PartitionState;
  readonly #entries: Entries;
  readonly #writer: JournalWriter<PendingEntry>;
  readonly #effects: Effects;
  readonly #life: Life;
  readonly #retention: JournalRetention;
  readonly #ahead: WrittenAhead;
  readonly #flush = (): void => this.#writer.flush();
  #making: Making | undefined;
  /** Bytes of journal between X and what this owner has written. */
  #behind: number;
  #liveBytes = 0;
  /** Parts of snapshots that a rule has put off; no faithful one does. */
  readonly #later: (() => void)[] = [];
  #pointer: number | undefined;

  constructor(
    ports: JournalPorts,
    partition: number,
    state: PartitionState,
    work: {
      entries: Entries;
      writer: JournalWriter<PendingEntry>;
      effects: Effects;
      life: Life;
      failed: (why: unknown) => void;
    },
    since: { readonly from: number; readonly bytes: number },
  ) {
    this.#ports = ports;
    this.#rules = ports.rules ?? faithful;
    this.#partition = partition;
    this.#state = state;
    this.#entries = work.entries;
    this.#writer = work.writer;
    this.#effects = work.effects;
    this.#life = work.life;
    this.#behind = since.bytes;
    this.#ahead = new WrittenAhead(ports, work.life, work.failed);
    this.#retention = new JournalRetention(ports, partition, work.life);
    // The time of that X is not known any more; it is not later than this.
    this.#retention.checkpointed(since.from, state.lastAt);
  }

  /** Offset of the latest checkpoint that this owner has written. */
  get pointer(): number | undefined {
    return this.#pointer;
  }
  get making(): boolean {
    return this.#making !== undefined;
  }

  /** Bytes of journal since X. */
  get window(): number {
    return this.#behind + this.#entries.bytes;
  }

  /** Begins one if the window is full. Called whenever a batch is about to leave, which then carries some of it. */
  step(): void {
    try {
      const making = this.#making;
      if (making === undefined) {
        if (this.window >= Math.max(this.#ports.settings.checkpointBytes, 2 * this.#liveBytes)) this.begin();
      } else if (!making.written) {
        this.#carry(making);
        this.#write(making);
      }
    } catch (error) {
      this.#abandon(reasonOf(error), error);
    }
  }

  /** Chooses X: between everything decided so far and everything decided from now on. */
  begin(): void {
    if (this.#making !== undefined) return;
    const { next, lastAt, inputPosition, marks, closed, live, effectsDone, pins } = this.#state;
    const x: AtX = {
      next,
      lastAt,
      inputPosition,
      marks: this.#rules.carries.marks ? marks.filter((mark) => mark.index >= 0) : [],
      floor: closed.floor,
      settledAtX: effectsDone,
      bytes: this.#entries.bytes,
    };
    const making: Making = {
      x,
      closed: this.#rules.carries.closed ? closed.all() : [],
      closedCarried: 0,
      live: live.values(),
      large: new Set(),
      pinned: new Set(),
      parts: [],
      carriedBytes: 0,
      written: false,
    };
    this.#making = making;
    pins.forgetBefore(next);
    this.#writer.cut(() => {
      const { offset, admission, lastAppendTime } = this.#writer.reader.position;
      x.place = { offset, admission, lastAppendTime };
    });
  }

  /**
   * Something is about to be decided for this aggregate: it is carried first, so that it is never split or missed. A large
   * one is carried when it is written; if it ends before, the checkpoint would not tell of that end, and is begun anew.
   */
  deciding(aggregate: Aggregate): void {
    const making = this.#making;
    if (making === undefined || making.needed !== undefined || !mustCarry(making, aggregate)) return;
    if (this.#rules.carries.live) this.#carryAggregate(making, aggregate);
  }

  /** Whether the snapshot of this aggregate can be written now; otherwise `then` is called when it can. */
  mayWriteBase(aggregate: Aggregate, then: () => void): boolean {
    return this.#ahead.isReady(aggregate, then);
  }

  /** Nobody waits for it any more. */
  dropBase(aggregate: Aggregate): void {
    this.#ahead.drop(aggregate);
  }

  /** Writes a snapshot in parts, next to each other. Returns its bytes. */
  writeBase(aggregate: Aggregate, why: Snapshot['why']): number {
    const { domain, settings } = this.#ports;
    const repeats = this.#rules.carries.repeats ? aggregate.repeats : noRepeats;
    const pins = why === 'revival' ? this.#unknownPins(aggregate) : [];
    const state = aggregate.version === 0 ? undefined : this.#ahead.take(aggregate);
    const body = encodeAggregate(domain, aggregate, { repeats, pins, state });
    const parts = cut(body, settings.snapshotPartBytes);
    const { id, version } = aggregate;
    const { stateVersion } = domain;
    const whole = { subject: 'aggregate', aggregate: id, version, parts: parts.length, why, stateVersion } as const;
    const writes = parts.map((part, i) => () => this.#entries.snapshot({ ...whole, part: i, body: part }, aggregate));
    this.#rules.writeParts(writes, why, (write) => this.#later.push(write));
    return body.length;
  }

  /** Definitions of an aggregate that comes back after an end which the journal since X does not hold. */
  #unknownPins({ state }: Aggregate): readonly Pin[] {
    const { pins } = this.#state;
    return this.#ports.domain.pins(state).flatMap((hash) => {
      const body = pins.has(hash) ? undefined : pins.body(hash);
      return body === undefined ? [] : [[hash, body] as const];
    });
  }

  #carry(making: Making): void {
    if (making.needed !== undefined) return;
    this.#later.shift()?.();
    const most = making.carriedBytes + this.#ports.settings.carryBytes;
    while (making.carriedBytes < most) {
      if (making.closedCarried < making.closed.length) {
        this.#carryClosed(making);
        continue;
      }
      const next = this.#rules.carries.live ? making.live.next() : doneIteration;
      if (next.done === true) {
        if (!this.#carryLarge(making)) return;
        this.#carryPins(making);
        making.needed = this.#state.next - 1;
        return;
      }
      if (mustCarry(making, next.value)) this.#carryAggregate(making, next.value);
      else making.carriedBytes += passedOver;
    }
  }

  #carryAggregate(making: Making, aggregate: Aggregate): void {
    if (aggregate.unfoldable !== undefined)
      throw new Error(`${aggregate.id} cannot be folded: ${aggregate.unfoldable}`);
    if (!this.#ahead.isReady(aggregate, this.#flush)) {
      making.large.add(aggregate);
      return;
    }
    making.large.delete(aggregate);
    if (aggregate.version > 0) for (const hash of this.#ports.domain.pins(aggregate.state)) making.pinned.add(hash);
    making.carriedBytes += this.writeBase(aggregate, 'checkpoint');
  }

  /** Those that are written by now. False: one is not, or all begins anew. */
  #carryLarge(making: Making): boolean {
    const { live } = this.#state;
    for (const aggregate of [...making.large]) {
      if (!mustCarry(making, aggregate)) {
        making.large.delete(aggregate);
      } else if (live.get(aggregate.id) === aggregate) {
        this.#carryAggregate(making, aggregate);
      } else {
        for (const one of making.large) this.#ahead.drop(one);
        this.#making = undefined;
        return false;
      }
    }
    return making.large.size === 0;
  }

  #carryClosed(making: Making): void {
    const some = making.closed.slice(making.closedCarried, making.closedCarried + closingsPerPart);
    making.closedCarried += some.length;
    this.#part(making, 'closed', encodeClosed(some));
  }

  #carryPins(making: Making): void {
    const { pins } = this.#state;
    const bodies = [...making.pinned].flatMap((hash) => {
      const body = pins.body(hash);
      return body === undefined ? [] : [[hash, body] as const];
    });
    for (const [hash, body] of bodies) {
      this.#part(making, 'pins', encodePins([[hash, body]]));
    }
  }

  #part(making: Making, subject: 'closed' | 'pins', body: Uint8Array): void {
    const at = making.parts.push(-1) - 1;
    making.carriedBytes += body.length;
    const whole = {
      subject,
      aggregate: partOf,
      version: 0,
      part: 0,
      parts: 1,
      why: 'checkpoint',
      stateVersion: 0,
      body,
    } as const;
    this.#entries.snapshot(whole, undefined, (offset) => {
      making.parts[at] = offset;
    });
  }

  #write(making: Making): void {
    const { x, needed, parts } = making;
    if (needed === undefined || x.place === undefined || parts.includes(-1)) return;
    if (!this.#rules.checkpointMayBeWritten(this.#effects.done, needed, this.#partition)) return;
    making.written = true;
    const { lastAt, inputPosition, marks, floor, settledAtX } = x;
    const checkpoint = { ...x.place, lastAt, inputPosition, marks, floor, settledAtX, parts };
    this.#entries.checkpoint(checkpoint, (offset) => {
      this.#making = undefined;
      this.#admitted(making, offset);
    });
  }

  #admitted({ x, pinned, carriedBytes }: Making, offset: number): void {
    this.#pointer = offset;
    this.#liveBytes = carriedBytes;
    this.#behind = -x.bytes;
    const { domain, memory, pins } = this.#state;
    for (const { state } of memory.values()) for (const hash of domain.pins(state)) pinned.add(hash);
    pins.keepOnly(pinned);
    this.#ports.observer.checkpointed?.(this.#partition, offset, carriedBytes);
    if (x.place !== undefined) this.#retention.checkpointed(x.place.offset, x.lastAt);
    void this.#point(offset, this.#rules.commandsNeededFrom(x.inputPosition, this.#state.inputPosition));
  }

  /** The pointer, then what restoring needs no longer. Both may be late or lost: that is only slower. */
  async #point(offset: number, commandsFrom: number): Promise<void> {
    const { log, clock, topics, settings } = this.#ports;
    const partition = this.#partition;
    try {
      await patiently(clock, this.#life, settings, () =>
        log.commit(topics.restoreGroup, [{ topic: topics.journal, partition, offset }]),
      );
      await patiently(clock, this.#life, settings, () => log.trim(topics.commands, partition, commandsFrom));
      await this.#retention.trim(this.#state.lastAt);
    } catch (error) {
      if (!this.#life.alive) return;
      const message = `the pointer to the checkpoint at offset ${offset} could not be set, or what it makes needless not be trimmed: ${reasonOf(error)}`;
      this.#ports.observer.alarm({ partition, code: 'LOG_FAILING', message, cause: error });
    }
  }

  #abandon(reason: string, cause: unknown): void {
    this.#making = undefined;
    this.#behind = -this.#entries.bytes;
    const message = `no checkpoint could be made: ${reason}; the journal is kept, restoring takes longer`;
    this.#ports.observer.alarm({ partition: this.#partition, code: 'UNFOLDABLE', message, cause });
  }
}

/** Whether the aggregate was live at X and has no base since. */
const mustCarry = ({ x }: Making, aggregate: Aggregate): boolean => aggregate.baseIndex < x.next;

const doneIteration = { done: true, value: undefined } as const;
const closingsPerPart = 500;
/** What looking at an aggregate counts against the bytes of a step, so that a step's time is bounded too. */
const passedOver = 64;
const partOf: AggregateId = aggregateId('$checkpoint');
