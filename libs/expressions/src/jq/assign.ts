import type { Json } from '@partitura/model';
import { operate } from './arithmetic.ts';
import { computing, each, type Env, type Filter } from './filter.ts';
import { deletePaths, getPath, setPath } from './paths.ts';
import { Break, throwSteps } from './run.ts';
import type { Operator } from './syntax.ts';
import { isTrue, type List } from './values.ts';

/** `=`, `|=`, `//=`, `+=` and its kind. */
export function assignment(operator: string, left: Filter, right: Filter): Filter {
  if (operator === '|=') return modification(left, right);
  if (operator === '=')
    return computing((env, input, emit) =>
      each(right, env, input, (value) => {
        let result = input;
        for (const path of pathsOf(left, env, input)) result = setPath(env.jq, result, path, value);
        emit(result);
      }),
    );
  return computing((env, input, emit) =>
    each(right, env, input, (value) => {
      let result = input;
      for (const path of pathsOf(left, env, input)) {
        const old = getPath(env.jq, result, path);
        const changed =
          operator === '//=' ? (isTrue(old) ? old : value) : operate(env.jq, operator[0] as Operator, old, value);
        result = setPath(env.jq, result, path, changed);
      }
      emit(result);
    }),
  );
}

/** Each place becomes the first value of the program there; where it has none, it is taken out at the end. */
export function modification(left: Filter, update: Filter): Filter {
  return computing((env, input, emit) => {
    let result = input;
    const gone: List[] = [];
    for (const path of pathsOf(left, env, input)) {
      const value = firstOf(update, env, getPath(env.jq, result, path));
      if (value === undefined) gone.push(path);
      else result = setPath(env.jq, result, path, value);
    }
    emit(gone.length === 0 ? result : deletePaths(env.jq, result, gone));
  });
}

export function pathsOf(filter: Filter, env: Env, input: Json): readonly List[] {
  const paths: List[] = [];
  filter(env, [], input, (path) => {
    env.jq.spend(1);
    if (path !== undefined) paths.push(path);
  });
  return paths;
}

export function firstOf(filter: Filter, env: Env, input: Json): Json | undefined {
  env.jq.spend(throwSteps);
  const enough = new Break();
  let found: Json | undefined;
  try {
    each(filter, env, input, (value) => {
      found = value;
      throw enough;
    });
  } catch (error) {
    if (error !== enough) throw error;
  }
  return found;
}
