import { isJsonObject, type Json } from '@partitura/model';
import { BeyondJq, type JqRun } from './run.ts';
import { compare, equal, fail, isList, isObject, kindOf, member, put, type List } from './values.ts';

/** `.[key]`. */
export function read(run: JqRun, of: Json, key: Json): Json {
  if (isObject(of) && typeof key === 'string') return member(of, key);
  if (isList(of) && typeof key === 'number') {
    const at = Math.floor(key);
    return of[at < 0 ? at + of.length : at] ?? null;
  }
  if (isObject(key) && (of === null || isList(of) || typeof of === 'string')) {
    if (of !== null && !Object.hasOwn(key, 'start') && !Object.hasOwn(key, 'end'))
      throw fail('Array/string slice indices must be integers');
    return slice(run, of, member(key, 'start'), member(key, 'end'));
  }
  if (of === null && (typeof key === 'string' || typeof key === 'number')) return null;
  if (isList(of) && isList(key)) return indexesOfList(run, of, key);
  if (typeof key === 'string' && !isObject(of)) throw fail(`Cannot index ${kindOf(of)} with string "${key}"`);
  throw fail(`Cannot index ${kindOf(of)} with ${kindOf(key)}`);
}

/** Where a list is found in another. */
export function indexesOfList(run: JqRun, of: List, searched: List): List {
  if (searched.length === 0) return [];
  const found: number[] = [];
  for (let at = 0; at + searched.length <= of.length; at++)
    if (searched.every((element, offset) => equal(run, of[at + offset] ?? null, element))) found.push(at);
  return found;
}

function bound(value: Json, length: number, otherwise: number, round: (value: number) => number): number {
  if (value === null) return otherwise;
  if (typeof value !== 'number') throw fail('Start and end indices of an array slice must be numbers');
  const at = value < 0 ? value + length : value;
  return round(Math.min(Math.max(at, 0), length));
}

export function slice(run: JqRun, of: Json, from: Json, to: Json): Json {
  if (of === null) return null;
  if (typeof of === 'string') {
    const points = Array.from(of);
    run.spend(points.length);
    return points
      .slice(bound(from, points.length, 0, Math.floor), bound(to, points.length, points.length, Math.ceil))
      .join('');
  }
  if (!isList(of)) throw fail(`Cannot index ${kindOf(of)} with object`);
  const [start, end] = [bound(from, of.length, 0, Math.floor), bound(to, of.length, of.length, Math.ceil)];
  run.spend(Math.max(0, end - start));
  return of.slice(start, end);
}

export function getPath(run: JqRun, of: Json, path: List): Json {
  let value = of;
  for (const key of path) {
    if (value === null) return null;
    value = read(run, value, key);
  }
  return value;
}

/** A changed copy; what does not exist on the way is made. */
export function setPath(run: JqRun, of: Json, path: List, value: Json, at = 0): Json {
  if (at >= path.length) return value;
  const key = path[at] ?? null;
  return run.deeper(() => write(run, of, key, setPath(run, readForWriting(run, of, key), path, value, at + 1)));
}

const readForWriting = (run: JqRun, of: Json, key: Json): Json => (of === null ? null : read(run, of, key));

function write(run: JqRun, of: Json, key: Json, value: Json): Json {
  if (typeof key === 'string' && (of === null || isObject(of))) {
    run.spend(of === null ? 1 : Object.keys(of).length);
    const copy: Record<string, Json> = { ...of };
    put(copy, key, value);
    return copy;
  }
  if (typeof key === 'number' && (of === null || isList(of))) return writeElement(run, of ?? [], key, value);
  if (isJsonObject(key) && (of === null || isList(of))) return writeSlice(run, of ?? [], key, value);
  if (typeof key === 'string') throw fail(`Cannot index ${kindOf(of)} with string "${key}"`);
  if (typeof of === 'string' && isObject(key)) throw fail('Cannot update string slices');
  throw fail(`Cannot update field at ${isList(of ?? null) ? 'array' : kindOf(of)} index with ${kindOf(key)}`);
}

function writeElement(run: JqRun, list: List, key: number, value: Json): Json {
  const index = Math.floor(key);
  const at = index < 0 ? index + list.length : index;
  if (at < 0) throw fail('Out of bounds negative array index');
  run.spend(Math.max(list.length, at));
  if (at > 1_000_000) throw new BeyondJq('a large list');
  const copy = list.slice();
  while (copy.length < at) copy.push(null);
  copy[at] = value;
  return copy;
}

function writeSlice(run: JqRun, list: List, key: Json, value: Json): Json {
  if (!isList(value)) throw fail('A slice of an array can only be assigned another array');
  const [from, to] = isObject(key) ? [member(key, 'start'), member(key, 'end')] : [null, null];
  const start = bound(from, list.length, 0, Math.floor);
  const end = Math.max(start, bound(to, list.length, list.length, Math.ceil));
  run.spend(list.length + value.length);
  return [...list.slice(0, start), ...value, ...list.slice(end)];
}

/** Without what these paths lead to; the last first, so that the others stay where they are. */
export function deletePaths(run: JqRun, of: Json, paths: List): Json {
  const ordered = [...paths].sort((left, right) => compare(run, right, left));
  let value = of;
  for (const path of ordered) {
    if (!isList(path)) throw fail('Path must be specified as an array');
    value = deletePath(run, value, path, 0);
  }
  return value;
}

function deletePath(run: JqRun, of: Json, path: List, at: number): Json {
  if (path.length === 0 || of === null) return null;
  const key = path[at] ?? null;
  if (at === path.length - 1) return without(run, of, key);
  const inner = read(run, of, key);
  if (inner === null) return of;
  return run.deeper(() => write(run, of, key, deletePath(run, inner, path, at + 1)));
}

function without(run: JqRun, of: Json, key: Json): Json {
  if (isObject(of) && typeof key === 'string') {
    run.spend(Object.keys(of).length);
    const copy: Record<string, Json> = { ...of };
    Reflect.deleteProperty(copy, key);
    return copy;
  }
  if (isList(of) && typeof key === 'number') {
    run.spend(of.length);
    const index = Math.floor(key);
    const at = index < 0 ? index + of.length : index;
    return of.filter((_, place) => place !== at);
  }
  if (isList(of) && isObject(key)) return writeSlice(run, of, key, []);
  if (isObject(of)) throw fail(`Cannot delete field at object index of ${kindOf(key)}`);
  if (isList(of)) throw fail(`Cannot delete field at array index of ${kindOf(key)}`);
  throw fail(`Cannot delete fields from ${kindOf(of)}`);
}
