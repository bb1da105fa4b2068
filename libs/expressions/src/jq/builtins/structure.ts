import type { Json } from '@partitura/model';
import { computing, each } from '../filter.ts';
import { deletePaths, getPath, setPath } from '../paths.ts';
import { BeyondJq, JqError } from '../run.ts';
import { fail, isList, isObject, kindOf, put, shown, sortedKeys } from '../values.ts';
import { nothing, plain, withValues, type Natives } from './native.ts';

function namesOf(value: Json): readonly Json[] {
  if (isList(value)) return value.map((_, at) => at);
  if (isObject(value)) return Object.keys(value);
  throw fail(`${shown(value)} has no keys`);
}

function has(value: Json, key: Json): boolean {
  if (isObject(value) && typeof key === 'string') return Object.hasOwn(value, key);
  if (isList(value) && typeof key === 'number') return key >= 0 && key < value.length;
  if (value === null) return false;
  throw fail(`Cannot check whether ${kindOf(value)} has a ${kindOf(key)} key`);
}

function entryKey(entry: Json): string {
  if (entry === null) throw fail('Cannot use null (null) as object key');
  if (!isObject(entry)) throw fail(`Cannot index ${kindOf(entry)} with string "key"`);
  for (const name of ['key', 'k', 'name', 'Name', 'Key', 'K']) {
    const key = Object.hasOwn(entry, name) ? entry[name] : undefined;
    if (key === undefined || key === null || key === false) continue;
    if (typeof key === 'string') return key;
    throw fail(`Cannot use ${shown(key)} as object key`);
  }
  if (Object.hasOwn(entry, 'key') && entry['key'] === false) throw fail('Cannot use boolean (false) as object key');
  throw new BeyondJq('an entry without a key');
}

function entryValue(entry: Json): Json {
  if (!isObject(entry)) return null;
  for (const name of ['value', 'v', 'Value', 'V']) if (Object.hasOwn(entry, name)) return entry[name] ?? null;
  return null;
}

export const structure: Natives = [
  ['type/0', plain((_run, input) => kindOf(input))],
  [
    'keys/0',
    plain((run, input) => {
      run.spend(1);
      return isObject(input) ? sortedKeys(run, input) : namesOf(input);
    }),
  ],
  [
    'keys_unsorted/0',
    plain((run, input) => {
      const names = namesOf(input);
      run.spend(names.length);
      return names;
    }),
  ],
  ['has/1', withValues((_run, input, key = null) => has(input, key))],
  [
    'path/1',
    (filter = nothing) =>
      computing((env, input, emit) =>
        filter(env, [], input, (path) => {
          if (path !== undefined) emit(path);
        }),
      ),
  ],
  [
    'getpath/1',
    (paths = nothing) =>
      (env, path, input, emit) =>
        each(paths, env, input, (to) => {
          if (!isList(to)) throw fail('Path must be specified as an array');
          env.jq.spend(to.length);
          try {
            emit(path && [...path, ...to], getPath(env.jq, input, to));
          } catch (error) {
            if (error instanceof JqError && path !== undefined) throw new BeyondJq('a path that leads nowhere');
            throw error;
          }
        }),
  ],
  [
    'setpath/2',
    withValues((run, input, path = null, value = null) => {
      if (!isList(path)) throw fail('Path must be specified as an array');
      return setPath(run, input, path, value);
    }),
  ],
  [
    'delpaths/1',
    withValues((run, input, paths = null) => {
      if (!isList(paths)) throw fail('Paths must be specified as an array');
      return deletePaths(run, input, paths);
    }),
  ],
  [
    'from_entries/0',
    plain((run, input) => {
      if (!isList(input)) {
        if (isObject(input)) throw new BeyondJq('from_entries of an object');
        throw fail(`Cannot iterate over ${shown(input)}`);
      }
      const object: Record<string, Json> = {};
      for (const entry of input) {
        run.spend(1);
        put(object, entryKey(entry), entryValue(entry));
      }
      return object;
    }),
  ],
];
