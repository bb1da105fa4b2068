import { isJsonObject, type Json } from '@partitura/model';
import { isHidden } from '../scope.ts';

/** A function at the end of a path. */
export interface PathFunction {
  /** The result is a double, so its text has a point: `6.0`. */
  readonly double: boolean;
  readonly call: (value: Json) => Json;
}

const ofList = (double: boolean, call: (list: readonly Json[]) => Json | undefined): PathFunction => ({
  double,
  call: (value) => (Array.isArray(value) ? (call(value as readonly Json[]) ?? null) : null),
});

/** Over the numbers of a list; null when it has none. */
const aggregate = (call: (numbers: readonly number[]) => number): PathFunction =>
  ofList(true, (list) => {
    const numbers = list.filter((element) => typeof element === 'number');
    return numbers.length === 0 ? null : call(numbers);
  });

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

export const pathFunctions: ReadonlyMap<string, PathFunction> = new Map([
  ['length', { double: false, call: lengthOf }],
  ['keys', { double: false, call: keysOf }],
  ['first', ofList(false, (list) => list[0])],
  ['last', ofList(false, (list) => list.at(-1))],
  ['sum', aggregate(sum)],
  ['avg', aggregate((numbers) => sum(numbers) / numbers.length)],
  ['min', aggregate((numbers) => numbers.reduce((least, number) => Math.min(least, number)))],
  ['max', aggregate((numbers) => numbers.reduce((most, number) => Math.max(most, number)))],
]);

function lengthOf(value: Json): Json {
  if (Array.isArray(value)) return value.length;
  return isJsonObject(value) ? Object.keys(value).length : null;
}

function keysOf(value: Json): Json {
  return isJsonObject(value) ? Object.keys(value).filter((key) => !isHidden(key)) : null;
}
