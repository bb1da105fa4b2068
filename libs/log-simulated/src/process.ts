import type { Clock } from '@partitura/log';
import type { Nature } from './nature.ts';

/** One life of one process: it hears nothing while it is frozen and nothing any more once it is dead. */
export class Process {
  readonly name: string;
  readonly clock: Clock;
  /** How far its wall clock is ahead, ms. */
  skewMs = 0;
  /** No request of it reaches the log, and no answer reaches it. */
  cutFromLog = false;
  /** Its groups do not hear it, and it does not hear them. */
  cutFromGroups = false;
  readonly #nature: Nature;
  readonly #held: (() => void)[] = [];
  #alive = true;
  #frozen = false;
  #callsLeft = Infinity;
  #onCrash: () => void = () => undefined;

  constructor(name: string, nature: Nature, epochMs: number) {
    this.name = name;
    this.#nature = nature;
    const { agenda } = nature;
    const born = agenda.now;
    this.clock = {
      now: () => Math.floor(epochMs + agenda.now + this.skewMs),
      monotonic: () => agenda.now - born,
      after: (delayMs, task) => (this.#alive ? agenda.plan(delayMs, () => this.hear(task)) : () => undefined),
    };
  }

  get alive(): boolean {
    return this.#alive;
  }
  get frozen(): boolean {
    return this.#frozen;
  }
  get reachesGroups(): boolean {
    return this.#alive && !this.#frozen && !this.cutFromGroups;
  }

  /** Something reaches the process: now, at its thaw, or never. */
  hear(what: () => void): void {
    if (!this.#alive) return;
    if (this.#frozen) {
      this.#held.push(what);
      return;
    }
    this.#nature.stir();
    what();
  }

  /**
   * Asks to send a request. `dead`: it never leaves; `last`: it leaves and the process dies with it.
   * Crashing between two requests is crashing at any await that another process could notice.
   */
  call(): 'go' | 'last' | 'dead' {
    if (!this.#alive) return 'dead';
    if (--this.#callsLeft > 0) return 'go';
    this.#nature.count('crash in a call');
    this.#onCrash();
    return this.#nature.random.chance(0.5) ? 'last' : 'dead';
  }

  crashAtCall(calls: number, onCrash: () => void): void {
    this.#callsLeft = calls;
    this.#onCrash = onCrash;
  }

  kill(): void {
    this.#alive = false;
    this.#held.length = 0;
  }
  freeze(): void {
    this.#frozen = true;
  }
  thaw(): void {
    this.#frozen = false;
    for (const what of this.#held.splice(0)) this.#nature.agenda.plan(0, () => this.hear(what));
  }
}
