import { aggregateId } from '@partitura/model';
import { holdsCommands } from './aggregate.ts';
import type { JournalWriter } from './append.ts';
import type { Effects } from './effects.ts';
import type { Entries, PendingEntry } from './entries.ts';
import type { OwnerClock } from './owner-clock.ts';
import type { PartitionState } from './partition-state.ts';
import type { Life } from './patience.ts';
import type { JournalPorts } from './ports.ts';

/** Entries that say something about the partition, not about an aggregate. */
const partitionItself = aggregateId('$partition');

/** What an owner does once in a while, whether anything happens or not. */
export class Housekeeping {
  readonly #ports: JournalPorts;
  readonly #state: PartitionState;
  readonly #entries: Entries;
  readonly #effects: Effects;
  readonly #writer: JournalWriter<PendingEntry>;
  readonly #clock: OwnerClock;
  readonly #life: Life;
  readonly #failed: (why: unknown) => void;
  #cancel: () => void = () => undefined;
  /** Owner's time of the last admitted batch. */
  #admittedAt: number;
  /** Index that the next entry had at the last look: nothing was written since if it still has. */
  #nextSeen = -1;

  constructor(
    ports: JournalPorts,
    work: {
      state: PartitionState;
      entries: Entries;
      effects: Effects;
      writer: JournalWriter<PendingEntry>;
      clock: OwnerClock;
      life: Life;
    },
    failed: (why: unknown) => void,
  ) {
    this.#ports = ports;
    this.#state = work.state;
    this.#entries = work.entries;
    this.#effects = work.effects;
    this.#writer = work.writer;
    this.#clock = work.clock;
    this.#life = work.life;
    this.#failed = failed;
    this.#admittedAt = work.clock.now();
  }

  /** Begins, and goes on until stopped. */
  keep(): void {
    this.#cancel = this.#ports.clock.after(this.#ports.settings.silenceMs, () => {
      if (!this.#life.alive) return;
      try {
        this.#look();
      } catch (error) {
        this.#failed(error);
        return;
      }
      this.keep();
    });
  }
  stop(): void {
    this.#cancel();
  }
  /** A batch was admitted. */
  admitted(): void {
    this.#admittedAt = this.#clock.now();
  }

  /** What is done need not be done again, and the next owner sees that there was no outage. */
  lastWords(): void {
    const silentMs = this.#clock.now() - this.#admittedAt;
    if (this.#isWorthRecording() || silentMs > this.#ports.settings.outageMs / 2) this.#recordDone();
  }

  /** After a silence progress of effects gets an entry; what closed long ago leaves memory; a checkpoint goes on. */
  #look(): void {
    const silent = this.#state.next === this.#nextSeen;
    this.#nextSeen = this.#state.next;
    if (silent && this.#isWorthRecording()) this.#recordDone();
    this.#forgetClosed();
    this.#writer.flush();
  }

  #isWorthRecording(): boolean {
    return this.#effects.worthRecording > this.#entries.recordedDone;
  }

  /** An entry without events, for what it says about `effectsDone`. */
  #recordDone(): void {
    this.#entries.newMoment();
    const outcome = { kind: 'accepted' } as const;
    this.#entries.decision({ aggregate: partitionItself, version: 0, cause: { kind: 'owner' }, outcome });
    this.#writer.flush();
  }

  #forgetClosed(): void {
    const { memory, closed } = this.#state;
    const before = this.#clock.now() - this.#ports.settings.closedMemoryMs;
    for (const [id, aggregate] of memory) {
      if ((closed.get(id)?.at ?? 0) > before) break;
      if (!holdsCommands(aggregate)) memory.delete(id);
    }
  }
}
