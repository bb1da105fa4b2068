import type { AggregateId } from '@partitura/model';
import type { Aggregate, Held } from './aggregate.ts';
import type { Decisions } from './decisions.ts';
import type { DefinitionsGate } from './definitions-gate.ts';
import type { PartitionState } from './partition-state.ts';
import { hasEnded, Slices, type Life } from './patience.ts';
import type { JournalPorts } from './ports.ts';

export interface BacklogEvents {
  /** May be awaited before going on. */
  room(): Promise<void>;
  begin(): void;
  /** Something was decided. */
  decided(): void;
  failed(why: unknown): void;
}

/**
 * Work that no command or timer will bring up again: the next part of a bounded decision, commands that were deferred
 * behind it, that waited for definitions, or for a history that is here now. One step of each aggregate a round, so that
 * a large one delays no other.
 */
export class Backlog {
  readonly #ports: JournalPorts;
  readonly #state: PartitionState;
  readonly #decisions: Decisions;
  readonly #gate: DefinitionsGate;
  readonly #life: Life;
  readonly #events: BacklogEvents;
  readonly #ready = new Set<AggregateId>();
  /** Commands that have waited for definitions long enough. */
  readonly #passed = new WeakSet<Held>();
  #running = false;
  /** What the last round took, ms: as long does the next one wait, so that whoever needs many turns gets them. */
  #tookMs = 0;

  constructor(
    ports: JournalPorts,
    work: { state: PartitionState; decisions: Decisions; gate: DefinitionsGate; life: Life },
    events: BacklogEvents,
  ) {
    this.#ports = ports;
    this.#state = work.state;
    this.#decisions = work.decisions;
    this.#gate = work.gate;
    this.#life = work.life;
    this.#events = events;
  }

  get idle(): boolean {
    return this.#ready.size === 0;
  }

  /** Looks whether there is something to do for this aggregate, and does it soon. */
  consider(aggregate: Aggregate): void {
    if (!this.#hasWork(aggregate)) return;
    this.#ready.add(aggregate.id);
    this.#run();
  }

  /** These commands need not wait for definitions any longer. */
  pass(commands: ReadonlyMap<Held, AggregateId>): void {
    for (const [held, id] of commands) {
      this.#passed.add(held);
      this.#ready.add(id);
    }
    this.#run();
  }

  #hasWork(aggregate: Aggregate): boolean {
    const { deferred, parked, version, unfoldable, broken, id, state } = aggregate;
    if (deferred.length > 0) return true;
    if (version === 0) return parked.length > 0 && this.#state.memory.has(id);
    if (parked.length > 0) return true;
    return (unfoldable ?? broken) === undefined && this.#ports.domain.hasPostponedWork(state);
  }

  #run(): void {
    if (this.#running || !this.#life.alive) return;
    this.#running = true;
    this.#ports.clock.after(Math.min(restMaxMs, this.#tookMs), () => {
      this.#rounds().then(
        () => {
          this.#running = false;
          if (this.#ready.size > 0) this.#run();
        },
        (why: unknown) => this.#life.alive && this.#events.failed(why),
      );
    });
  }

  async #rounds(): Promise<void> {
    await this.#events.room();
    if (!this.#life.alive) return;
    const slices = new Slices(this.#ports.clock, this.#ports.settings.sliceMs);
    const began = this.#ports.clock.monotonic();
    this.#tookMs = 0;
    this.#events.begin();
    for (const id of [...this.#ready]) {
      this.#ready.delete(id);
      const aggregate = this.#state.live.get(id);
      if (aggregate !== undefined) this.#step(aggregate);
      if (!slices.spent) continue;
      this.#events.decided();
      await slices.pause();
      await this.#events.room();
      if (hasEnded(this.#life)) return;
      this.#events.begin();
    }
    this.#events.decided();
    this.#tookMs = this.#ports.clock.monotonic() - began;
  }

  /** One decision. What it leads to comes back through {@link consider}. */
  #step(aggregate: Aggregate): void {
    const { deferred, parked, version } = aggregate;
    const postponed = version > 0 && this.#ports.domain.hasPostponedWork(aggregate.state);
    if (postponed && (aggregate.unfoldable ?? aggregate.broken) === undefined) {
      const cause = { kind: 'continuation' } as const;
      if (!this.#decisions.signal(aggregate, { type: 'Continue' }, cause)) this.#alarmStuck(aggregate);
      return;
    }
    // In the order in which folding takes them.
    const [first, second] = version > 0 ? [parked, deferred] : [deferred, parked];
    const line = first.length > 0 ? first : second;
    const [next] = line;
    if (next === undefined) return;
    const passed = this.#passed.has(next);
    if (version > 0) this.#decisions.heldCommand(aggregate, next, !passed);
    else if (line === deferred && !passed) this.#gate.enter(aggregate.id, next);
    else if (line === deferred || this.#state.memory.has(aggregate.id))
      this.#decisions.heldCommand(aggregate, next, false);
  }

  #alarmStuck({ id }: Aggregate): void {
    const message = `${id} has postponed work and does nothing when told to go on; its commands wait`;
    this.#ports.observer.alarm({ partition: this.#ports.partitionOf(id), code: 'RUNTIME_DEFECT', message });
  }
}

const restMaxMs = 100;
