import type { Json } from '@partitura/model';
import { add as plus } from '../arithmetic.ts';
import { computing, each, type Env, type Filter } from '../filter.ts';
import { indexesOfList } from '../paths.ts';
import { BeyondJq, type JqRun } from '../run.ts';
import { compare, equal, fail, isList, isObject, kindOf, shown, type List } from '../values.ts';
import { nothing, plain, withValues, type Natives } from './native.ts';
import type { Native } from '../builtins.ts';

function listOf(value: Json, what: string): List {
  if (!isList(value)) throw fail(`${shown(value)} cannot be ${what}, as it is not an array`);
  return value;
}

interface Keyed {
  readonly element: Json;
  readonly key: List;
}

/** Each element with everything that the program says of it. */
function keyed(filter: Filter, env: Env, list: List): Keyed[] {
  return list.map((element) => {
    const key: Json[] = [];
    each(filter, env, element, (value) => key.push(value));
    return { element, key };
  });
}

const byKey = (run: JqRun, items: Keyed[]): Keyed[] => items.sort((left, right) => compare(run, left.key, right.key));

function groups(run: JqRun, items: Keyed[]): Keyed[][] {
  const grouped: Keyed[][] = [];
  for (const item of byKey(run, items)) {
    const newest = grouped.at(-1);
    const [like] = newest ?? [];
    if (newest !== undefined && like !== undefined && equal(run, like.key, item.key)) newest.push(item);
    else grouped.push([item]);
  }
  return grouped;
}

const keyedBy =
  (what: string, map: (run: JqRun, items: Keyed[]) => Json): Native =>
  (filter = nothing) =>
    computing((env, input, emit) => emit(map(env.jq, keyed(filter, env, listOf(input, what)))));

const itself: Filter = (_env, path, input, emit) => emit(path, input);

const extreme =
  (sign: number) =>
  (run: JqRun, items: readonly Keyed[]): Json => {
    let best: Keyed | undefined;
    for (const item of items) {
      const order = best === undefined ? 0 : compare(run, item.key, best.key) * sign;
      // Of equal ones jq takes the first for the smallest, the last for the largest.
      if (best === undefined || order > 0 || (order === 0 && sign > 0)) best = item;
    }
    return best?.element ?? null;
  };

const sorted = (run: JqRun, items: Keyed[]): Json => byKey(run, items).map(({ element }) => element);
const grouped = (run: JqRun, items: Keyed[]): Json =>
  groups(run, items).map((group) => group.map(({ element }) => element));
const unique = (run: JqRun, items: Keyed[]): Json => groups(run, items).map(([first]) => first?.element ?? null);

function contains(run: JqRun, whole: Json, part: Json): boolean {
  run.spend(1);
  if (isObject(whole) && isObject(part))
    return run.deeper(() =>
      Object.entries(part).every(
        ([key, value]) => Object.hasOwn(whole, key) && contains(run, whole[key] ?? null, value),
      ),
    );
  if (isList(whole) && isList(part))
    return run.deeper(() => part.every((one) => whole.some((other) => contains(run, other, one))));
  if (typeof whole === 'string' && typeof part === 'string') {
    run.produce(whole.length);
    return whole.includes(part);
  }
  if (kindOf(whole) === kindOf(part)) return equal(run, whole, part);
  throw fail(`${shown(whole)} and ${shown(part)} cannot have their containment checked`);
}

function flatten(run: JqRun, list: List, depth: number, into: Json[]): Json[] {
  return run.deeper(() => {
    for (const element of list) {
      run.spend(1);
      if (isList(element) && depth > 0) flatten(run, element, depth - 1, into);
      else into.push(element);
    }
    return into;
  });
}

function indices(run: JqRun, input: Json, searched: Json): Json {
  if (input === null) return null;
  if (typeof input === 'string' && typeof searched === 'string') return indicesOfText(run, input, searched);
  if (isList(input) && isList(searched) && searched.length === 0) throw new BeyondJq('the places of nothing');
  if (isList(input) && isList(searched)) return indexesOfList(run, input, searched);
  if (isList(input)) return input.flatMap((element, at) => (equal(run, element, searched) ? [at] : []));
  throw fail(`Cannot index ${kindOf(input)} with ${kindOf(searched)}`);
}

/** Counted in code points; they may overlap. */
function indicesOfText(run: JqRun, text: string, searched: string): Json {
  if (searched === '') return null;
  run.produce(text.length << 3);
  const found: number[] = [];
  let points = 0;
  let from = 0;
  for (let at = text.indexOf(searched); at >= 0; at = text.indexOf(searched, at + 1)) {
    run.spend(1);
    points += Array.from(text.slice(from, at)).length;
    from = at;
    found.push(points);
  }
  return found;
}

export const collections: Natives = [
  ['sort/0', () => keyedBy('sorted', sorted)(itself)],
  ['sort_by/1', keyedBy('sorted', sorted)],
  ['group_by/1', keyedBy('grouped', grouped)],
  ['unique/0', () => keyedBy('sorted', unique)(itself)],
  ['unique_by/1', keyedBy('grouped', unique)],
  ['min/0', () => keyedBy('iterated over', extreme(-1))(itself)],
  ['min_by/1', keyedBy('iterated over', extreme(-1))],
  ['max/0', () => keyedBy('iterated over', extreme(1))(itself)],
  ['max_by/1', keyedBy('iterated over', extreme(1))],
  [
    'add/0',
    plain((run, input) => {
      if (!isList(input) && !isObject(input))
        throw fail(`Cannot iterate over ${input === null ? 'null' : shown(input)}`);
      let sum: Json = null;
      for (const value of Object.values<Json>(input)) {
        run.spend(1);
        sum = plus(run, sum, value);
      }
      return sum;
    }),
  ],
  [
    'reverse/0',
    plain((run, input) => {
      if (input === null) return [];
      if (typeof input === 'string') {
        run.produce(input.length);
        return Array.from(input).reverse().join('');
      }
      if (!isList(input)) throw fail(`Cannot reverse ${kindOf(input)}`);
      run.spend(input.length);
      return input.toReversed();
    }),
  ],
  ['contains/1', withValues((run, input, part = null) => contains(run, input, part))],
  [
    'flatten/1',
    withValues((run, input, depth = null) => {
      if (typeof depth !== 'number') throw fail('flatten depth must not be negative');
      if (depth < 0) throw fail('flatten depth must not be negative');
      if (!isList(input)) throw fail(`Cannot iterate over ${input === null ? 'null' : shown(input)}`);
      return flatten(run, input, depth, []);
    }),
  ],
  ['indices/1', withValues((run, input, searched = null) => indices(run, input, searched))],
  [
    'transpose/0',
    plain((run, input) => {
      const rows = listOf(input, 'transposed');
      const width = Math.max(0, ...rows.map((row) => listOf(row, 'transposed').length));
      run.spend(width * rows.length);
      return Array.from({ length: width }, (_, at) => rows.map((row) => (isList(row) ? (row[at] ?? null) : null)));
    }),
  ],
];
