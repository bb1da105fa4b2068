import type { Json } from '@partitura/model';
import type { Fuel } from '../script/script.ts';

/** What a jq program raises, and `try` catches. */
export class JqError extends Error {
  readonly value: Json;

  constructor(value: Json) {
    super(typeof value === 'string' ? value : JSON.stringify(value));
    this.value = value;
  }
}

/** What the host spends on throwing and catching once. */
export const throwSteps = 100;

/** Ends a `label`; caught by nobody else. */
export class Break extends Error {}

/** An error of what comes after a `try`, on its way through it. */
export class Passing extends Error {
  readonly through: object;
  readonly error: unknown;

  constructor(through: object, error: unknown) {
    super('passing');
    this.through = through;
    this.error = error;
  }
}

/** Something only jq itself can answer. */
export class BeyondJq extends Error {}

const depthMax = 400;

/** What one run may still spend. */
export class JqRun {
  readonly #fuel: Fuel;
  #depth = 0;

  constructor(fuel: Fuel) {
    this.#fuel = fuel;
  }

  spend(steps: number): void {
    if ((this.#fuel.left -= steps) < 0) throw new BeyondJq('out of fuel');
  }

  /** Pays for text before it is made. */
  produce(characters: number): void {
    this.spend(characters >>> 4);
  }

  /** Runs something one level deeper. */
  deeper<T>(run: () => T): T {
    if (++this.#depth > depthMax) throw new BeyondJq('calls within calls');
    try {
      return run();
    } finally {
      this.#depth--;
    }
  }
}
