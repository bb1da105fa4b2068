import { Agenda } from './agenda.ts';
import type { Faults } from './faults.ts';
import type { AskedRequest, Fate } from './network.ts';
import type { Random } from './random.ts';

/** What everything in one simulated world shares: its time, its chances and its bookkeeping. */
export class Nature {
  readonly agenda = new Agenda();
  readonly random: Random;
  faults: Faults;
  /** Decides over requests before chance does; undefined: left to chance. */
  direct: ((request: AskedRequest) => Fate | undefined) | undefined;
  #stirred = false;
  readonly #counters = new Map<string, number>();

  constructor(random: Random, faults: Faults) {
    this.random = random;
    this.faults = faults;
  }

  /** Somebody other than the broker has a turn, and may leave promise callbacks behind. */
  stir(): void {
    this.#stirred = true;
  }

  /** Lets one thing happen; returns whether anybody was stirred. */
  turn(what: () => void): boolean {
    this.#stirred = false;
    what();
    return this.#stirred;
  }

  /** Notes that something happened, so that a run can tell which faults it really saw. */
  count(what: string): void {
    this.#counters.set(what, (this.#counters.get(what) ?? 0) + 1);
  }

  get counters(): ReadonlyMap<string, number> {
    return this.#counters;
  }

  /** Time of one way through the network. */
  way(): number {
    const { latencyMs, slow, slowMs } = this.faults;
    if (this.random.chance(slow)) return this.random.next() * slowMs;
    return this.random.exponential(latencyMs);
  }

  /** Whether a fault of this kind fires; counted when it does. */
  strikes(what: string, probability: number): boolean {
    if (!this.random.chance(probability)) return false;
    this.count(what);
    return true;
  }
}
