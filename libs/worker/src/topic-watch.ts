import type { Clock, Log } from '@partitura/log';

const soonMs = 250;
const laterMs = 1_000;
const soonForMs = 30_000;

/** Task topics come to be with their first task. All who wait for one on the same log share the looks. */
export class TopicWatch {
  static readonly #watches = new WeakMap<Log, TopicWatch>();
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Set<() => void>>();
  #looking = false;
  #askedAt = 0;

  private constructor(log: Log, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  static on(log: Log, clock: Clock): TopicWatch {
    let watch = this.#watches.get(log);
    if (watch === undefined) this.#watches.set(log, (watch = new TopicWatch(log, clock)));
    return watch;
  }

  /** Calls back once, as soon as the topic exists; the returned function ends the wait. */
  whenThere(topic: string, onThere: () => void): () => void {
    const waiting = this.#waiting.get(topic) ?? new Set();
    this.#waiting.set(topic, waiting.add(onThere));
    this.#askedAt = this.#clock.monotonic();
    if (!this.#looking) void this.#look();
    return () => {
      waiting.delete(onThere);
      if (waiting.size === 0 && this.#waiting.get(topic) === waiting) this.#waiting.delete(topic);
    };
  }

  async #look(): Promise<void> {
    this.#looking = true;
    while (this.#waiting.size > 0) {
      const there = await this.#existing();
      for (const topic of there) {
        const waiting = this.#waiting.get(topic);
        this.#waiting.delete(topic);
        for (const tell of waiting ?? []) tell();
      }
      if (this.#waiting.size > 0) await this.#pause();
    }
    this.#looking = false;
  }

  /** A log that does not answer is asked again; whoever uses it otherwise hears of that. */
  async #existing(): Promise<readonly string[]> {
    try {
      return [...(await this.#log.describeTopics([...this.#waiting.keys()])).keys()];
    } catch {
      return [];
    }
  }

  #pause(): Promise<void> {
    const isRecent = this.#clock.monotonic() - this.#askedAt < soonForMs;
    return new Promise((resolve) => this.#clock.after(isRecent ? soonMs : laterMs, resolve));
  }
}
