import { Beyond, type Run } from './run.ts';
import type { Value } from './values.ts';

/** A variable before its declaration was reached. */
export const unset: unique symbol = Symbol('unset');

/** Variables of one entry into a scope, by slot. */
export interface Frame {
  readonly slots: (Value | typeof unset)[];
  readonly outer: Frame | undefined;
  readonly run: Run;
}

export interface Variable {
  /** Scopes to walk outwards. */
  readonly hops: number;
  readonly slot: number;
  readonly constant: boolean;
}

/** Names that a part of a program declares, resolved to slots when the program is compiled. */
export class Scope {
  readonly outer: Scope | undefined;
  /** Whether `return` may stand here, and variables of `var` belong here. */
  readonly kind: 'program' | 'function' | 'block';
  readonly #slots = new Map<string, { slot: number; constant: boolean; lexical: boolean }>();
  /** Made when the program runs, and all names are known. */
  #initial: (Value | typeof unset)[] | undefined;

  constructor(kind: 'program' | 'function' | 'block', outer?: Scope) {
    this.kind = kind;
    this.outer = outer;
  }

  get size(): number {
    return this.#slots.size;
  }

  declare(name: string, as: 'var' | 'let' | 'const'): number {
    const known = this.#slots.get(name);
    if (known !== undefined) return known.slot;
    if (name === '$' && this.kind === 'program') throw new Beyond('a global variable of the name $');
    const slot = this.#slots.size;
    this.#slots.set(name, { slot, constant: as === 'const', lexical: as !== 'var' });
    return slot;
  }

  find(name: string): Variable | undefined {
    const own = this.#slots.get(name);
    if (own !== undefined) return { hops: 0, slot: own.slot, constant: own.constant };
    const found = this.outer?.find(name);
    return found && { ...found, hops: found.hops + 1 };
  }

  /** What the slots hold when the scope is entered. */
  initial(): (Value | typeof unset)[] {
    this.#initial ??= [...this.#slots.values()].map(({ lexical }) => (lexical ? unset : undefined));
    return this.#initial.slice();
  }
}

export function frameAt(frame: Frame, hops: number): Frame {
  let at = frame;
  for (let hop = hops; hop > 0; hop--) at = at.outer as Frame;
  return at;
}
