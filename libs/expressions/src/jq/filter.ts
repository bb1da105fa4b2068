import type { Json } from '@partitura/model';
import { BeyondJq, type JqRun } from './run.ts';
import type { List } from './values.ts';

/** Where in the document a value is found; undefined: nobody asks. */
export type Path = List | undefined;
export type Emit = (path: Path, value: Json) => void;

/** A program, or a part of one: for one value it gives any number of values. */
export type Filter = (env: Env, path: Path, input: Json, emit: Emit) => void;

/** What a name in scope stands for: the newest first. */
export interface Env {
  readonly jq: JqRun;
  readonly outer: Env | undefined;
  readonly value: Json;
  /** A program that was handed to a function, with the names that it knows. */
  readonly closure: Closure | undefined;
  /** A label: which run of it is meant. */
  readonly label: object | undefined;
}

export interface Closure {
  readonly filter: Filter;
  readonly env: Env;
}

export const root = (jq: JqRun): Env => ({ jq, outer: undefined, value: null, closure: undefined, label: undefined });
export const withValue = (outer: Env, value: Json): Env => ({
  jq: outer.jq,
  outer,
  value,
  closure: undefined,
  label: undefined,
});
export const withClosure = (outer: Env, closure: Closure): Env => ({
  jq: outer.jq,
  outer,
  value: null,
  closure,
  label: undefined,
});
export const withLabel = (outer: Env, label: object): Env => ({
  jq: outer.jq,
  outer,
  value: null,
  closure: undefined,
  label,
});

/** As many names outwards. */
export function outward(env: Env, hops: number): Env {
  let at = env;
  for (let hop = hops; hop > 0; hop--) at = at.outer as Env;
  return at;
}

/** The values of a program, wherever they are. */
export function each(filter: Filter, env: Env, input: Json, use: (value: Json) => void): void {
  filter(env, undefined, input, (_path, value) => use(value));
}

/** A program that computes something new, so that it leads nowhere. */
export function computing(compute: (env: Env, input: Json, emit: (value: Json) => void) => void): Filter {
  return (env, path, input, emit) => {
    env.jq.spend(1);
    compute(env, input, (value) => {
      if (path !== undefined) throw new BeyondJq('the path to something that was computed');
      emit(undefined, value);
    });
  };
}

/** A program that gives one value for one value. */
export const mapping = (map: (jq: JqRun, input: Json) => Json): Filter =>
  computing((env, input, emit) => emit(map(env.jq, input)));

/** Whatever comes of the programs in the order of the arguments, the first one outermost. */
export function combinations(filters: readonly Filter[], env: Env, input: Json, use: (values: List) => void): void {
  const chosen: Json[] = [];
  const choose = (at: number): void => {
    const filter = filters[at];
    if (filter === undefined) use(chosen.slice());
    else
      each(filter, env, input, (value) => {
        chosen[at] = value;
        choose(at + 1);
      });
  };
  choose(0);
}
