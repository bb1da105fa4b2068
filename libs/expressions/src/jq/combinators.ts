import type { Json } from '@partitura/model';
import { combinations, computing, each, type Filter } from './filter.ts';
import { formatter } from './formats.ts';
import { read } from './paths.ts';
import { BeyondJq, JqError, Passing, throwSteps, type JqRun } from './run.ts';
import { fail, isList, isObject, isTrue, put, shown } from './values.ts';

export function interpolation(format: string, parts: readonly (string | Filter)[]): Filter {
  const write = formatter(format);
  const programs = parts.filter((part): part is Filter => typeof part !== 'string').reverse();
  return computing((env, input, emit) =>
    combinations(programs, env, input, (values) => {
      const left = [...values];
      let text = '';
      for (const part of parts) text += typeof part === 'string' ? part : write(env.jq, left.pop() ?? null);
      env.jq.produce(text.length);
      emit(text);
    }),
  );
}

/** Keys first, as jq does it: for every key everything that it is read from. */
export function index(of: Filter, key: Filter, optional = false): Filter {
  const readOf = optional ? readIfPossible : read;
  return (env, path, input, emit) =>
    each(key, env, input, (name) =>
      of(env, path, input, (at, value) => {
        env.jq.spend(1);
        const found = readOf(env.jq, value, name);
        if (found !== undefined) emit(at && [...at, name], found);
      }),
    );
}

function readIfPossible(run: JqRun, of: Json, key: Json): Json | undefined {
  try {
    return read(run, of, key);
  } catch (error) {
    if (!(error instanceof JqError)) throw error;
    run.spend(throwSteps);
    return undefined;
  }
}

export function slicing(of: Filter, from: Filter | undefined, to: Filter | undefined, optional = false): Filter {
  const nothing: Filter = computing((_env, _input, emit) => emit(null));
  return index(
    of,
    computing((env, input, emit) =>
      combinations([from ?? nothing, to ?? nothing], env, input, ([start = null, end = null]) => emit({ start, end })),
    ),
    optional,
  );
}

export function iteration(of: Filter, optional = false): Filter {
  return (env, path, input, emit) =>
    of(env, path, input, (at, value) => {
      if (isList(value))
        for (let place = 0; place < value.length; place++) {
          env.jq.spend(1);
          emit(at && [...at, place], value[place] ?? null);
        }
      else if (isObject(value))
        for (const [key, inner] of Object.entries(value)) {
          env.jq.spend(1);
          emit(at && [...at, key], inner);
        }
      else if (!optional) throw fail(`Cannot iterate over ${shown(value)}`);
    });
}

export function collection(items: Filter | undefined): Filter {
  return computing((env, input, emit) => {
    const list: Json[] = [];
    if (items !== undefined) each(items, env, input, (value) => list.push(value));
    env.jq.spend(list.length);
    emit(list);
  });
}

export function construction(entries: readonly (readonly [Filter, Filter])[]): Filter {
  const parts = entries.flat();
  return computing((env, input, emit) =>
    combinations(parts, env, input, (values) => {
      const object: Record<string, Json> = {};
      for (let at = 0; at < values.length; at += 2) {
        const key = values[at] ?? null;
        if (typeof key !== 'string') throw fail(`Object keys must be strings`);
        put(object, key, values[at + 1] ?? null);
      }
      env.jq.spend(entries.length);
      emit(object);
    }),
  );
}

export function choice(test: Filter, then: Filter, otherwise: Filter | undefined): Filter {
  return (env, path, input, emit) =>
    each(test, env, input, (value) => {
      if (isTrue(value)) then(env, path, input, emit);
      else if (otherwise === undefined) emit(path, input);
      else otherwise(env, path, input, emit);
    });
}

export function logic(is: 'and' | 'or', left: Filter, right: Filter): Filter {
  return computing((env, input, emit) =>
    each(left, env, input, (one) => {
      if (isTrue(one) === (is === 'or')) emit(is === 'or');
      else each(right, env, input, (other) => emit(isTrue(other)));
    }),
  );
}

/** What follows a program may fail without its being the program's failure. */
function guarded(through: object, run: () => void): void {
  try {
    run();
  } catch (error) {
    throw error instanceof JqError || error instanceof Passing ? new Passing(through, error) : error;
  }
}

export function alternative(left: Filter, right: Filter): Filter {
  return (env, path, input, emit) => {
    const through = {};
    const seen = { any: false };
    try {
      left(env, path, input, (at, value) => {
        if (!isTrue(value)) return;
        seen.any = true;
        guarded(through, () => emit(at, value));
      });
    } catch (error) {
      if (error instanceof Passing && error.through === through) throw error.error;
      if (error instanceof JqError) throw new BeyondJq('an error before //');
      throw error;
    }
    if (!seen.any) right(env, path, input, emit);
  };
}

export function attempt(body: Filter, handler: Filter | undefined): Filter {
  return (env, path, input, emit) => {
    const through = {};
    try {
      body(env, path, input, (at, value) => guarded(through, () => emit(at, value)));
    } catch (error) {
      if (error instanceof Passing && error.through === through) throw error.error;
      if (!(error instanceof JqError)) throw error;
      env.jq.spend(throwSteps);
      if (error.value === null) throw new BeyondJq('an error without a message');
      if (isObject(error.value) && Object.hasOwn(error.value, '__jq')) throw new BeyondJq('a break that is caught');
      if (handler !== undefined) each(handler, env, error.value, (value) => emit(path && nowhere(), value));
    }
  };
}

function nowhere(): never {
  throw new BeyondJq('the path to what an error became');
}
