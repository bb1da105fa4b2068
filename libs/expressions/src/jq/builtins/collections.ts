import type { Json } from '@partitura/model';
import { add as plus } from '../arithmetic.ts';
import { computing, each, type Env, type Filter } from '../filter.ts';
import { indexesOfList } from '../paths.ts';
import { BeyondJq, type JqError, type JqRun } from '../run.ts';
import { compare, equal, fail, isList, isObject, kindOf, member, shown, type List } from '../values.ts';
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

const cannotIterate = (value: Json): JqError => fail(`Cannot iterate over ${shown(value)}`);

const notSorted = 'sorted, as they are not both arrays';

const keyedBy =
  (what: string, map: (run: JqRun, items: Keyed[]) => Json): Native =>
  (filter = nothing) =>
    computing((env, input, emit) => {
      if (isList(input)) {
        emit(map(env.jq, keyed(filter, env, input)));
        return;
      }
      if (!isObject(input)) throw cannotIterate(input);
      // As jq does it: the program is asked about each value before it turns out that there is no list.
      const keys = keyed(filter, env, Object.values(input)).map(({ key }) => key);
      throw fail(`${shown(input)} and ${shown(keys)} cannot be ${what}`);
    });

const ofList = (what: string, map: (run: JqRun, items: Keyed[]) => Json): Native =>
  plain((run, input) => map(run, byThemselves(listOf(input, what))));

const byThemselves = (list: List): Keyed[] => list.map((element) => ({ element, key: [element] }));

const keyedByItself =
  (map: (run: JqRun, items: Keyed[]) => Json): Native =>
  () =>
    keyedBy(notSorted, map)((_env, path, input, emit) => emit(path, input));

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
        ([key, value]) => Object.hasOwn(whole, key) && containsInside(run, whole[key] ?? null, value),
      ),
    );
  if (isList(whole) && isList(part))
    return run.deeper(() => part.every((one) => whole.some((other) => containsInside(run, other, one))));
  if (typeof whole === 'string' && typeof part === 'string') {
    run.produce(whole.length);
    return whole.includes(part);
  }
  if (kindOf(whole) === kindOf(part)) return equal(run, whole, part);
  throw fail(`${shown(whole)} and ${shown(part)} cannot have their containment checked`);
}

/** What is inside need not be of one kind to be compared. */
const containsInside = (run: JqRun, whole: Json, part: Json): boolean =>
  kindOf(whole) === kindOf(part) ? contains(run, whole, part) : equal(run, whole, part);

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
  if (isObject(input) && typeof searched === 'string') return member(input, searched);
  const what = typeof searched === 'string' ? `string "${searched}"` : kindOf(searched);
  throw fail(`Cannot index ${kindOf(input)} with ${what}`);
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

const extremeOf = (sign: number): Native =>
  plain((run, input) => {
    if (!isList(input)) throw fail(`${shown(input)} and ${shown(input)} cannot be iterated over`);
    return extreme(sign)(run, byThemselves(input));
  });

export const collections: Natives = [
  ['sort/0', ofList('sorted', sorted)],
  ['sort_by/1', keyedBy(notSorted, sorted)],
  ['group_by/1', keyedBy(notSorted, grouped)],
  ['unique/0', keyedByItself(unique)],
  ['unique_by/1', keyedBy(notSorted, unique)],
  ['min/0', extremeOf(-1)],
  ['min_by/1', keyedBy('iterated over', extreme(-1))],
  ['max/0', extremeOf(1)],
  ['max_by/1', keyedBy('iterated over', extreme(1))],
  [
    'add/0',
    plain((run, input) => {
      if (!isList(input) && !isObject(input)) throw cannotIterate(input);
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
      if (!isList(input) && !isObject(input)) throw cannotIterate(input);
      return flatten(run, Object.values<Json>(input), depth, []);
    }),
  ],
  ['indices/1', withValues((run, input, searched = null) => indices(run, input, searched))],
];
