import type { Bindings, Fuel } from './script.ts';
import type { Value } from './values.ts';

/** Something only the full engine can answer. */
export class Beyond extends Error {}

/** What a program throws. */
export class Thrown extends Error {
  readonly value: Value;
  /** By a `throw` of its own, not by an operation that cannot be done. */
  readonly byProgram: boolean;

  constructor(value: Value, byProgram = false) {
    super('thrown by a program');
    this.value = value;
    this.byProgram = byProgram;
  }
}

/** Levels of calls and nested expressions; keeps the host's stack far from its end. */
const depthMax = 800;

/** One run of one program. */
export class Run {
  bindings: Bindings;
  /** Globals that the program made by assigning to them. */
  readonly globals = new Map<string, Value>();
  /** The program works on its own copy of the bindings. */
  readonly copied: boolean;
  /** Value of the last expression statement outside of functions. */
  completion: Value = undefined;
  /** Line of the statement that runs. */
  line: number | undefined = undefined;
  /** Levels of calls and expressions in use. */
  depth = 0;
  readonly #fuel: Fuel;

  constructor(bindings: Bindings, fuel: Fuel, copied: boolean) {
    this.bindings = bindings;
    this.#fuel = fuel;
    this.copied = copied;
  }

  spend(steps: number): void {
    if ((this.#fuel.left -= steps) < 0) throw new Beyond('out of fuel');
  }

  /** Pays for text before it is made. */
  produce(characters: number): void {
    if (characters > 1 << 28) throw new Beyond('out of fuel');
    if ((this.#fuel.left -= characters >>> 4) < 0) throw new Beyond('out of fuel');
  }

  enter(levels: number): void {
    if ((this.depth += levels) > depthMax) throw new Beyond('calls within calls');
  }

  leave(levels: number): void {
    this.depth -= levels;
  }
}
