import type { AggregateId } from '@partitura/model';
import type { Aggregate } from './aggregate.ts';
import { DeadlineHorizon } from './deadline-horizon.ts';
import type { OwnerClock } from './owner-clock.ts';
import { pauseMs, type Life } from './patience.ts';
import type { JournalPorts } from './ports.ts';
import { WakeHeap } from './wake-heap.ts';

export interface TimersEvents {
  /** Time has come: decide `Wake` for the aggregate. `later`: it cannot be woken now, but soon. */
  wake(aggregate: Aggregate, timersThrough: number, deadlinesThrough: number): 'changed' | 'unchanged' | 'later';
  /** A round of wakes is over: what was decided may go. */
  woken(): void;
  /** The live aggregate in a slot, or of an id. */
  at(slot: number): Aggregate | undefined;
  live(id: AggregateId): Aggregate | undefined;
  /** A round threw: the owner must end. */
  failed(why: unknown): void;
}

/**
 * Timers of one partition: nothing but each aggregate's `nextDue` in a heap. Nothing is written while anybody waits,
 * and what is due together is decided together, in one batch with the commands that wait.
 */
export class Timers {
  readonly horizon = new DeadlineHorizon();
  readonly #ports: JournalPorts;
  readonly #partition: number;
  readonly #clock: OwnerClock;
  readonly #life: Life;
  readonly #events: TimersEvents;
  readonly #heap = new WakeHeap();
  /** Deadlines are due, but not everything that was sent before them has been read. */
  readonly #overdue = new Set<AggregateId>();
  /** Told once that waking them changes nothing. */
  readonly #idle = new Set<AggregateId>();
  /** No deadline fires before this moment: nobody could report while there was no owner, or no log. */
  #deadlinesFrom = -Infinity;
  #readThrough: number;
  #armedFor = Infinity;
  #disarm: (() => void) | undefined;
  #lookingUp = false;
  #lookUpFaults = 0;
  #lookUpFailingSince: number | undefined;

  constructor(
    ports: JournalPorts,
    partition: number,
    clock: OwnerClock,
    life: Life,
    readThrough: number,
    events: TimersEvents,
  ) {
    this.#ports = ports;
    this.#partition = partition;
    this.#clock = clock;
    this.#life = life;
    this.#readThrough = readThrough;
    this.#events = events;
  }

  /** The aggregate may have another due time than before. */
  schedule(aggregate: Aggregate): void {
    const due = this.#due(aggregate);
    if (this.#heap.holds(aggregate.slot, due)) return;
    this.#heap.add(aggregate.slot, due);
    this.#arm();
  }

  /** Nobody could send or read for a while that ended now: deadlines give the world time to catch up. */
  outageEnded(at: number): void {
    this.#deadlinesFrom = Math.max(this.#deadlinesFrom, at + this.#ports.settings.deadlineGraceMs);
  }

  /** Everything before this offset of `commands[p]` was decided, control batches and aborted records included. */
  read(through: number): void {
    this.#readThrough = through;
    if (this.horizon.read(through)) this.#horizonMoved();
  }

  stop(): void {
    this.#disarm?.();
    this.#disarm = undefined;
  }

  /** When to look at the aggregate next. */
  #due(aggregate: Aggregate): number {
    if (aggregate.version === 0 || (aggregate.unfoldable ?? aggregate.broken) !== undefined) return Infinity;
    const { timer = Infinity, deadline = Infinity } = this.#ports.domain.nextDue(aggregate.state);
    return Math.min(timer, Math.max(deadline, this.#deadlinesFrom));
  }

  #arm(): void {
    const next = this.#heap.next;
    if (next >= this.#armedFor || !this.#life.alive) return;
    this.#disarm?.();
    this.#armedFor = next;
    const { clock, settings } = this.#ports;
    const delay = Math.min(longestDelayMs, Math.max(settings.timerTickMs, next - this.#clock.now()));
    this.#disarm = clock.after(delay, () => {
      this.#armedFor = Infinity;
      this.#guarded(() => this.#round());
    });
  }

  /** Nobody above would hear of what a callback of the clock or the log throws. */
  #guarded(act: () => void): void {
    if (!this.#life.alive) return;
    try {
      act();
    } catch (error) {
      this.#events.failed(error);
    }
  }

  /** Wakes whatever is due, up to a bound of count and time. */
  #round(): void {
    const { clock, settings, observer } = this.#ports;
    const begun = clock.monotonic();
    const now = this.#clock.now();
    let woken = 0;
    let latest = 0;
    while (woken < settings.timerBatch && clock.monotonic() - begun < settings.sliceMs) {
      const slot = this.#heap.take(now);
      if (slot < 0) break;
      const aggregate = this.#events.at(slot);
      const due = aggregate === undefined ? Infinity : this.#due(aggregate);
      if (aggregate === undefined || due > now) {
        this.#heap.add(slot, due);
        continue;
      }
      woken += 1;
      latest = Math.max(latest, now - due);
      this.#wake(aggregate, now);
    }
    if (woken > 0) {
      this.#events.woken();
      observer.woke?.(this.#partition, woken, latest);
    }
    if (this.#overdue.size > 0) this.#lookUp();
    this.#arm();
  }

  #wake(aggregate: Aggregate, now: number): void {
    const { timer = Infinity, deadline = Infinity } = this.#ports.domain.nextDue(aggregate.state);
    const enforced = this.horizon.through >= this.#deadlinesFrom ? this.horizon.through : -Infinity;
    const mayFire = timer <= now || deadline <= enforced;
    const deadlinesThrough = Math.max(0, Math.min(now, enforced));
    if (mayFire) {
      const woken = this.#events.wake(aggregate, now, deadlinesThrough);
      if (woken === 'later') {
        this.#heap.add(aggregate.slot, now + this.#ports.settings.timerTickMs);
        return;
      }
      if (woken === 'unchanged' && !this.#awaitsHorizon(aggregate, now)) {
        this.#stuck(aggregate, now);
        return;
      }
    }
    if (this.#isLive(aggregate)) this.#lookAgain(aggregate, now);
  }

  #isLive(aggregate: Aggregate): boolean {
    return this.#events.live(aggregate.id) === aggregate;
  }

  #lookAgain(aggregate: Aggregate, now: number): void {
    if (this.#awaitsHorizon(aggregate, now)) this.#overdue.add(aggregate.id);
    else this.schedule(aggregate);
  }

  /** A deadline is due but may not fire yet, and no timer is. */
  #awaitsHorizon(aggregate: Aggregate, now: number): boolean {
    const { timer = Infinity, deadline = Infinity } = this.#ports.domain.nextDue(aggregate.state);
    const effective = Math.max(deadline, this.#deadlinesFrom);
    return timer > now && effective <= now && this.horizon.through < effective;
  }

  /** It says that something is due and does nothing when told so: asking on would be a hot loop. */
  #stuck(aggregate: Aggregate, now: number): void {
    if (!this.#isLive(aggregate)) return;
    this.#heap.add(aggregate.slot, now + stuckPauseMs);
    if (this.#idle.has(aggregate.id)) return;
    this.#idle.add(aggregate.id);
    this.#ports.observer.alarm({
      partition: this.#partition,
      code: 'TIMER_STUCK',
      message: `${aggregate.id} has something due and does nothing about it; it is asked again every ${stuckPauseMs} ms`,
    });
  }

  /** Finds out how far the commands reach by now. */
  #lookUp(): void {
    if (this.#lookingUp || !this.#life.alive) return;
    let latest = -Infinity;
    for (const id of this.#overdue) {
      const aggregate = this.#events.live(id);
      if (aggregate === undefined) continue;
      const { deadline = -Infinity } = this.#ports.domain.nextDue(aggregate.state);
      latest = Math.max(latest, Math.max(deadline, this.#deadlinesFrom));
    }
    if (this.horizon.covers(latest)) return;
    this.#lookingUp = true;
    const { log, clock, topics, settings } = this.#ports;
    const at = this.#clock.now();
    log.offsets(topics.commands, this.#partition).then(
      ({ end }) => {
        this.#lookingUp = false;
        this.#lookUpFaults = 0;
        this.#guarded(() => {
          this.#noteOutage(at);
          this.horizon.lookedUp(at, end, this.#readThrough);
          this.#horizonMoved();
        });
      },
      () => {
        this.#lookUpFailingSince ??= at;
        clock.after(pauseMs(settings, this.#lookUpFaults++), () => {
          this.#lookingUp = false;
          this.#guarded(() => this.#lookUp());
        });
      },
    );
  }

  /** A look-up that took long says that the log could not be read for as long. */
  #noteOutage(askedAt: number): void {
    const now = this.#clock.now();
    const since = this.#lookUpFailingSince ?? askedAt;
    this.#lookUpFailingSince = undefined;
    if (now - since > this.#ports.settings.outageMs) this.outageEnded(now);
  }

  /** Deadlines that waited for the reader come up again; those that still may not fire look further ahead. */
  #horizonMoved(): void {
    if (this.#overdue.size === 0) return;
    const now = this.#clock.now();
    const all = [...this.#overdue];
    this.#overdue.clear();
    for (const id of all) {
      const aggregate = this.#events.live(id);
      if (aggregate !== undefined) this.#lookAgain(aggregate, now);
    }
    if (this.#overdue.size > 0) this.#lookUp();
  }
}

const stuckPauseMs = 1_000;
/** Longer waits are waited for in parts, since timers of the host hold 32 bits. */
const longestDelayMs = 3_600_000;
