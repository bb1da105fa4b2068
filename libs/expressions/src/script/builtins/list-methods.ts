import { Beyond, type Run } from '../run.ts';
import {
  Callable,
  isList,
  isTruthy,
  joined,
  sameValueZero,
  strictlyEqual,
  toNumber,
  toText,
  typeError,
  typeName,
  type ListValue,
  type Value,
} from '../values.ts';

type Method = (run: Run, list: ListValue, args: Value[]) => Value;

function functionOf(value: Value): Callable {
  if (!(value instanceof Callable)) throw typeError(`${typeName(value)} is not a function`);
  return value;
}

/** Visits elements in order until one is found; a list that shrinks meanwhile ends earlier. */
function findFrom(run: Run, list: ListValue, test: Value, backwards: boolean, holes: boolean): number {
  const callback = functionOf(test);
  const { length } = list;
  for (let step = 0; step < length; step++) {
    const at = backwards ? length - 1 - step : step;
    run.spend(1);
    if (!holes && at >= list.length) continue;
    if (isTruthy(callback.call(run, [list[at], at, list]))) return at;
  }
  return -1;
}

function reduction(run: Run, list: ListValue, args: Value[], backwards: boolean): Value {
  const callback = functionOf(args[0]);
  const { length } = list;
  let step = 0;
  let total = args[1];
  if (args.length < 2) {
    if (length === 0) throw typeError('Reduce of empty array with no initial value');
    total = list[backwards ? length - 1 : 0];
    step = 1;
  }
  for (; step < length; step++) {
    const at = backwards ? length - 1 - step : step;
    run.spend(1);
    if (at < list.length) total = callback.call(run, [total, list[at], at, list]);
  }
  return total;
}

/** A start or end as slices take it: from the end if negative. */
function bound(run: Run, value: Value, length: number, otherwise: number): number {
  if (value === undefined) return otherwise;
  const at = Math.trunc(toNumber(run, value)) || 0;
  return at < 0 ? Math.max(0, length + at) : Math.min(at, length);
}

function flatten(run: Run, list: ListValue, depth: number, into: ListValue): ListValue {
  run.enter(1);
  for (const element of list) {
    run.spend(1);
    if (isList(element) && depth >= 1) flatten(run, element, depth - 1, into);
    else into.push(element);
  }
  run.leave(1);
  return into;
}

function sorted(run: Run, list: ListValue, comparator: Value): ListValue {
  const present = list.filter((element) => element !== undefined);
  const missing = list.length - present.length;
  run.spend(list.length);
  let ordered: ListValue;
  if (comparator === undefined) {
    const texts = present.map((element) => ({ element, text: toText(run, element) }));
    texts.sort((left, right) => {
      run.spend(1);
      return left.text < right.text ? -1 : left.text > right.text ? 1 : 0;
    });
    ordered = texts.map(({ element }) => element);
  } else {
    const callback = functionOf(comparator);
    ordered = present.sort((left, right) => {
      run.spend(1);
      return toNumber(run, callback.call(run, [left, right])) || 0;
    });
  }
  for (let count = 0; count < missing; count++) ordered.push(undefined);
  return ordered;
}

function indexOf(run: Run, list: ListValue, searched: Value, from: number): number {
  for (let at = from; at < list.length; at++) {
    run.spend(1);
    if (strictlyEqual(run, list[at], searched)) return at;
  }
  return -1;
}

const grow = (run: Run, list: ListValue, by: number): void => run.spend(by + (list.length >>> 8));

export const listMethods: ReadonlyMap<string, Method> = new Map<string, Method>([
  [
    'map',
    (run, list, [transform]) => {
      const callback = functionOf(transform);
      const { length } = list;
      const results: ListValue = [];
      for (let at = 0; at < length; at++) {
        run.spend(1);
        if (at >= list.length) throw new Beyond('a list that shrinks while it is mapped');
        results.push(callback.call(run, [list[at], at, list]));
      }
      return results;
    },
  ],
  [
    'filter',
    (run, list, [test]) => {
      const callback = functionOf(test);
      const { length } = list;
      const kept: ListValue = [];
      for (let at = 0; at < length && at < list.length; at++) {
        run.spend(1);
        const element = list[at];
        if (isTruthy(callback.call(run, [element, at, list]))) kept.push(element);
      }
      return kept;
    },
  ],
  [
    'forEach',
    (run, list, [visit]) => {
      const callback = functionOf(visit);
      const { length } = list;
      for (let at = 0; at < length && at < list.length; at++) {
        run.spend(1);
        callback.call(run, [list[at], at, list]);
      }
      return undefined;
    },
  ],
  ['some', (run, list, [test]) => findFrom(run, list, test, false, false) >= 0],
  [
    'every',
    (run, list, [test]) => {
      const callback = functionOf(test);
      return (
        findFrom(run, list, new Callable('every', (_run, args) => !isTruthy(callback.call(run, args))), false, false) <
        0
      );
    },
  ],
  [
    'find',
    (run, list, [test]) => {
      const callback = functionOf(test);
      let found: Value;
      const remember = new Callable('find', (_run, args) => {
        found = args[0];
        return callback.call(run, args);
      });
      return findFrom(run, list, remember, false, true) < 0 ? undefined : found;
    },
  ],
  ['findIndex', (run, list, [test]) => findFrom(run, list, test, false, true)],
  ['findLastIndex', (run, list, [test]) => findFrom(run, list, test, true, true)],
  ['reduce', (run, list, args) => reduction(run, list, args, false)],
  ['reduceRight', (run, list, args) => reduction(run, list, args, true)],
  [
    'includes',
    (run, list, [searched, from]) => {
      for (let at = bound(run, from, list.length, 0); at < list.length; at++) {
        run.spend(1);
        if (sameValueZero(run, list[at], searched)) return true;
      }
      return false;
    },
  ],
  ['indexOf', (run, list, [searched, from]) => indexOf(run, list, searched, bound(run, from, list.length, 0))],
  [
    'lastIndexOf',
    (run, list, args) => {
      if (args.length > 1) throw new Beyond('lastIndexOf from a place');
      for (let at = list.length - 1; at >= 0; at--) {
        run.spend(1);
        if (strictlyEqual(run, list[at], args[0])) return at;
      }
      return -1;
    },
  ],
  ['join', (run, list, [separator]) => joined(run, list, separator === undefined ? ',' : toText(run, separator))],
  ['toString', (run, list) => joined(run, list, ',')],
  [
    'slice',
    (run, list, [start, end]) => {
      const from = bound(run, start, list.length, 0);
      const to = bound(run, end, list.length, list.length);
      run.spend(Math.max(0, to - from));
      return list.slice(from, to);
    },
  ],
  [
    'concat',
    (run, list, args) => {
      run.spend(list.length);
      const whole = list.slice();
      for (const arg of args)
        if (isList(arg)) {
          run.spend(arg.length);
          for (const element of arg) whole.push(element);
        } else whole.push(arg);
      return whole;
    },
  ],
  [
    'at',
    (run, list, [index]) => {
      const at = Math.trunc(toNumber(run, index)) || 0;
      return list[at < 0 ? list.length + at : at];
    },
  ],
  [
    'flat',
    (run, list, [depth]) => flatten(run, list, depth === undefined ? 1 : Math.trunc(toNumber(run, depth)) || 0, []),
  ],
  [
    'flatMap',
    (run, list, [transform]) => {
      const callback = functionOf(transform);
      const { length } = list;
      const parts: ListValue = [];
      for (let at = 0; at < length && at < list.length; at++) {
        run.spend(1);
        parts.push(callback.call(run, [list[at], at, list]));
      }
      return flatten(run, parts, 1, []);
    },
  ],
  [
    'push',
    (run, list, args) => {
      grow(run, list, args.length);
      return list.push(...args);
    },
  ],
  ['pop', (_run, list) => list.pop()],
  [
    'shift',
    (run, list) => {
      run.spend(list.length >>> 4);
      return list.shift();
    },
  ],
  [
    'unshift',
    (run, list, args) => {
      run.spend(args.length + (list.length >>> 4));
      return list.unshift(...args);
    },
  ],
  [
    'splice',
    (run, list, args) => {
      run.spend(args.length + list.length);
      const from = bound(run, args[0], list.length, 0);
      const rest = list.length - from;
      const removed =
        args.length === 0
          ? 0
          : args.length === 1
            ? rest
            : Math.min(Math.max(0, Math.trunc(toNumber(run, args[1])) || 0), rest);
      return list.splice(from, removed, ...args.slice(2));
    },
  ],
  [
    'reverse',
    (run, list) => {
      run.spend(list.length);
      return list.reverse();
    },
  ],
  [
    'sort',
    (run, list, [comparator]) => {
      const ordered = sorted(run, list, comparator);
      ordered.forEach((element, at) => (list[at] = element));
      return list;
    },
  ],
  [
    'fill',
    (run, list, [value, start, end]) => {
      run.spend(list.length);
      return list.fill(value, bound(run, start, list.length, 0), bound(run, end, list.length, list.length));
    },
  ],
  // Lists of the input are Java's where Conductor runs scripts.
  [
    'get',
    (run, list, [index]) => {
      const at = toNumber(run, index);
      return list[at] === undefined ? null : list[at];
    },
  ],
  ['size', (_run, list) => list.length],
  ['isEmpty', (_run, list) => list.length === 0],
  ['contains', (run, list, [searched]) => indexOf(run, list, searched, 0) >= 0],
]);
