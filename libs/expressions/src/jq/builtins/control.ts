import type { Json } from '@partitura/model';
import { each, type Emit, type Env, type Filter, type Path } from '../filter.ts';
import { BeyondJq, Break, JqError, throwSteps } from '../run.ts';
import { isTrue } from '../values.ts';
import { nothing, type Natives } from './native.ts';

/** Emits until `use` says that it is enough. */
function upTo(filter: Filter, env: Env, path: Path, input: Json, use: (path: Path, value: Json) => boolean): void {
  env.jq.spend(throwSteps);
  const enough = new Break();
  try {
    filter(env, path, input, (at, value) => {
      if (use(at, value)) throw enough;
    });
  } catch (error) {
    if (error !== enough) throw error;
  }
}

function limited(count: number, filter: Filter, env: Env, path: Path, input: Json, emit: Emit): void {
  let left = Math.ceil(count);
  if (left <= 0) return;
  upTo(filter, env, path, input, (at, value) => {
    emit(at, value);
    return --left <= 0;
  });
}

/** The value, what follows from it, and so on, depth first. */
function descend(filter: Filter, env: Env, path: Path, input: Json, emit: Emit): void {
  env.jq.spend(1);
  emit(path, input);
  env.jq.deeper(() => filter(env, path, input, (at, value) => descend(filter, env, at, value, emit)));
}

const children: Filter = (env, path, input, emit) => {
  if (Array.isArray(input)) {
    const list = input as readonly Json[];
    for (let at = 0; at < list.length; at++) {
      env.jq.spend(1);
      emit(path && [...path, at], list[at] ?? null);
    }
  } else if (typeof input === 'object' && input !== null)
    for (const [key, value] of Object.entries<Json>(input)) {
      env.jq.spend(1);
      emit(path && [...path, key], value);
    }
};

/** Steps of `while`, `until` and `repeat` go from one value to the next as long as there is exactly one. */
function loop(env: Env, path: Path, input: Json, step: (path: Path, value: Json, go: Emit) => void): void {
  const next = (at: Path, value: Json): void => {
    let [place, current]: [Path, Json] = [at, value];
    for (;;) {
      env.jq.spend(2);
      const found: [Path, Json][] = [];
      step(place, current, (to, result) => found.push([to, result]));
      const [only, second] = found;
      if (only === undefined) return;
      if (second !== undefined) {
        env.jq.deeper(() => {
          for (const [to, result] of found) next(to, result);
        });
        return;
      }
      [place, current] = only;
    }
  };
  next(path, input);
}

export const control: Natives = [
  ['empty/0', () => nothing],
  [
    'not/0',
    () => (env, path, input, emit) => {
      if (path !== undefined) throw new BeyondJq('the path to something that was computed');
      env.jq.spend(1);
      emit(undefined, !isTrue(input));
    },
  ],
  [
    'error/0',
    () => (_env, _path, input) => {
      throw new JqError(input);
    },
  ],
  [
    'error/1',
    (message = nothing) =>
      (env, _path, input) =>
        each(message, env, input, (value) => {
          throw new JqError(value);
        }),
  ],
  [
    'select/1',
    (test = nothing) =>
      (env, path, input, emit) =>
        each(test, env, input, (value) => {
          if (isTrue(value)) emit(path, input);
        }),
  ],
  ['recurse/0', () => (env, path, input, emit) => descend(children, env, path, input, emit)],
  [
    'recurse/1',
    (filter = nothing) =>
      (env, path, input, emit) =>
        descend(filter, env, path, input, emit),
  ],
  ['recurse_down/0', () => (env, path, input, emit) => descend(children, env, path, input, emit)],
  [
    'first/1',
    (filter = nothing) =>
      (env, path, input, emit) =>
        limited(1, filter, env, path, input, emit),
  ],
  [
    'last/1',
    (filter = nothing) =>
      (env, path, input, emit) => {
        let last: [Path, Json] | undefined;
        filter(env, path, input, (at, value) => {
          env.jq.spend(1);
          last = [at, value];
        });
        if (last !== undefined) emit(...last);
        else if (path !== undefined) throw new BeyondJq('the path to nothing');
        else emit(undefined, null);
      },
  ],
  [
    'limit/2',
    (count = nothing, filter = nothing) =>
      (env, path, input, emit) =>
        each(count, env, input, (most) => {
          if (typeof most !== 'number' || most < 0) throw new BeyondJq('an odd limit');
          limited(most, filter, env, path, input, emit);
        }),
  ],
  [
    'until/2',
    (test = nothing, update = nothing) =>
      (env, path, input, emit) =>
        loop(env, path, input, (at, value, go) =>
          each(test, env, value, (done) => {
            if (isTrue(done)) emit(at, value);
            else update(env, at, value, go);
          }),
        ),
  ],
  [
    'while/2',
    (test = nothing, update = nothing) =>
      (env, path, input, emit) =>
        loop(env, path, input, (at, value, go) =>
          each(test, env, value, (goesOn) => {
            if (!isTrue(goesOn)) return;
            emit(at, value);
            update(env, at, value, go);
          }),
        ),
  ],
  [
    'repeat/1',
    (update = nothing) =>
      (env, path, input, emit) =>
        loop(env, path, input, (at, value, go) => {
          emit(at, value);
          update(env, at, value, go);
        }),
  ],
  [
    'any/2',
    (source = nothing, test = nothing) =>
      (env, path, input, emit) => {
        if (path !== undefined) throw new BeyondJq('the path to something that was computed');
        emit(undefined, found(source, test, true, env, input));
      },
  ],
  [
    'all/2',
    (source = nothing, test = nothing) =>
      (env, path, input, emit) => {
        if (path !== undefined) throw new BeyondJq('the path to something that was computed');
        emit(undefined, !found(source, test, false, env, input));
      },
  ],
];

/** Whether the test says so of anything. */
function found(source: Filter, test: Filter, searched: boolean, env: Env, input: Json): boolean {
  let isFound = false;
  upTo(
    (inner, _path, value, emit) =>
      each(source, inner, value, (one) => each(test, inner, one, (said) => emit(undefined, said))),
    env,
    undefined,
    input,
    (_at, said) => (isFound = isTrue(said) === searched),
  );
  return isFound;
}
