import type { Filter } from './filter.ts';

/** A function of the program, or of the library. */
export interface FunctionEntry {
  readonly params: readonly string[];
  /** Names that its surroundings have in scope. */
  readonly depth: number;
  /** Set once its body is compiled; a function may call itself. */
  body: Filter | undefined;
}

/** Names in scope when a part of a program is compiled; the newest first. */
export interface Scope {
  readonly outer: Scope | undefined;
  /** `$x`, `*label`, `f/0`, `f/2`. */
  readonly name: string;
  /** How many entries of the environment there are, this one included. */
  readonly depth: number;
  readonly means: 'value' | 'closure' | FunctionEntry;
}

export const depthOf = (scope: Scope | undefined): number => scope?.depth ?? 0;

/** A name that has a place in the environment. */
export const withName = (outer: Scope | undefined, name: string, means: 'value' | 'closure' = 'value'): Scope => ({
  outer,
  name,
  depth: depthOf(outer) + 1,
  means,
});

export const withFunction = (outer: Scope | undefined, name: string, means: FunctionEntry): Scope => ({
  outer,
  name,
  depth: depthOf(outer),
  means,
});

export function find(scope: Scope | undefined, name: string): Scope | undefined {
  let at = scope;
  while (at !== undefined && at.name !== name) at = at.outer;
  return at;
}
