import type { Clock } from '@partitura/log';

/** Time that passes only when a spec says so. */
export class ManualClock implements Clock {
  #elapsed = 0;
  #wall: number;
  #tasks: { readonly at: number; readonly order: number; readonly task: () => void }[] = [];
  #order = 0;

  constructor(wall = 1_000_000) {
    this.#wall = wall;
  }

  now(): number {
    return this.#wall + this.#elapsed;
  }
  monotonic(): number {
    return this.#elapsed;
  }
  after(delayMs: number, task: () => void): () => void {
    const one = { at: this.#elapsed + Math.max(0, delayMs), order: this.#order++, task };
    this.#tasks.push(one);
    return () => {
      this.#tasks = this.#tasks.filter((other) => other !== one);
    };
  }

  /** Work takes so long, and nobody else has their turn meanwhile. */
  take(ms: number): void {
    this.#elapsed += ms;
  }

  /** The wall clock is set, as by an operator. */
  jumpWall(ms: number): void {
    this.#wall += ms;
  }

  /** Lets time pass, doing what falls due on the way in order. */
  async pass(ms: number): Promise<void> {
    const until = this.#elapsed + ms;
    await settle();
    for (;;) {
      const [next] = this.#tasks.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at || a.order - b.order);
      if (next === undefined) break;
      this.#tasks = this.#tasks.filter((one) => one !== next);
      this.#elapsed = Math.max(this.#elapsed, next.at);
      next.task();
      await settle();
    }
    this.#elapsed = Math.max(this.#elapsed, until);
  }

  /** Lets time pass until the condition holds; fails after a while. */
  async until(condition: () => boolean, what: string, mostMs = 60_000): Promise<void> {
    for (let passed = 0; passed <= mostMs; passed += 5) {
      if (condition()) return;
      await this.pass(5);
    }
    throw new Error(`never came: ${what}`);
  }
}

/** Everything that can go on without time has gone on. */
async function settle(): Promise<void> {
  for (let i = 0; i < 40; i++) await Promise.resolve();
}
