/** A million looks at the bound are many times what the largest decision takes. */
const looksMost = 1_000_000;

/** How large one decision may be. Whoever asks without end has forgotten to stop, and would never return. */
export class Bounds {
  readonly bytesPerDecision: number;
  readonly #events: number;
  #looks = 0;

  constructor(events: number, bytes: number) {
    this.#events = events;
    this.bytesPerDecision = bytes;
  }

  get eventsPerDecision(): number {
    if (++this.#looks > looksMost) throw new Error('a decision goes on for ever');
    return this.#events;
  }
}
