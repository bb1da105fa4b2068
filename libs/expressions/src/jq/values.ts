import type { Json, JsonObject } from '@partitura/model';
import { BeyondJq, JqError, type JqRun } from './run.ts';

export type List = readonly Json[];

export const isList = (value: Json): value is List => Array.isArray(value);
export const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function kindOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

/** `kind (value)`, as messages quote it. */
export function shown(value: Json): string {
  const text = JSON.stringify(value);
  return `${kindOf(value)} (${text.length > 14 ? `${text.slice(0, 11)}...` : text})`;
}

export const fail = (message: string): JqError => new JqError(message);

export const isTrue = (value: Json): boolean => value !== null && value !== false;

/** A member may not be called like what leads from data to code. */
export function put(object: Record<string, Json>, key: string, value: Json): void {
  if (key === '__proto__') throw new BeyondJq('a member __proto__');
  object[key] = value;
}

export const member = (object: JsonObject, key: string): Json =>
  Object.hasOwn(object, key) ? (object[key] ?? null) : null;

const ranks: Readonly<Record<string, number>> = { null: 0, boolean: 1, number: 3, string: 4, array: 5, object: 6 };
const rank = (value: Json): number => (ranks[kindOf(value)] ?? 0) + (value === true ? 1 : 0);

/** jq's order of all values: negative, zero or positive. */
export function compare(run: JqRun, left: Json, right: Json): number {
  run.spend(1);
  const order = rank(left) - rank(right);
  if (order !== 0) return order;
  if (typeof left === 'number' && typeof right === 'number')
    return left < right ? -1 : left === right ? 0 : compareNaN(left);
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right);
  if (isList(left) && isList(right)) return compareLists(run, left, right);
  if (isObject(left) && isObject(right)) return compareObjects(run, left, right);
  return 0;
}

/** NaN is below every number, itself included. */
const compareNaN = (left: number): number => (Number.isNaN(left) ? -1 : 1);

/** By code points; two halves of one are above every other unit in their place. */
export function compareText(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const [one, other] = [left.charCodeAt(at), right.charCodeAt(at)];
    if (one !== other) return raised(one) - raised(other);
  }
  return left.length - right.length;
}

const raised = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);

function compareLists(run: JqRun, left: List, right: List): number {
  return run.deeper(() => {
    const length = Math.min(left.length, right.length);
    for (let at = 0; at < length; at++) {
      const order = compare(run, left[at] ?? null, right[at] ?? null);
      if (order !== 0) return order;
    }
    return left.length - right.length;
  });
}

function compareObjects(run: JqRun, left: JsonObject, right: JsonObject): number {
  const [ours, theirs] = [sortedKeys(run, left), sortedKeys(run, right)];
  const order = compareLists(run, ours, theirs);
  if (order !== 0) return order;
  return run.deeper(() => {
    for (const key of ours) {
      const inner = compare(run, member(left, key), member(right, key));
      if (inner !== 0) return inner;
    }
    return 0;
  });
}

export function sortedKeys(run: JqRun, object: JsonObject): string[] {
  const keys = Object.keys(object);
  run.spend(keys.length);
  return keys.sort(compareText);
}

export const equal = (run: JqRun, left: Json, right: Json): boolean => compare(run, left, right) === 0;

/** JSON text as jq writes it. */
export function toJson(run: JqRun, value: Json): string {
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'string') {
    run.produce(value.length);
    return JSON.stringify(value).replaceAll('\u007f', '\\u007f');
  }
  if (typeof value !== 'object' || value === null) return String(value);
  return run.deeper(() => {
    const pieces: string[] = [];
    if (isList(value)) {
      for (const element of value) {
        run.spend(1);
        pieces.push(toJson(run, element));
      }
      return `[${pieces.join(',')}]`;
    }
    for (const [key, inner] of Object.entries(value)) {
      run.spend(1);
      pieces.push(`${toJson(run, key)}:${toJson(run, inner)}`);
    }
    return `{${pieces.join(',')}}`;
  });
}

/** Where jq and JavaScript write a number alike. */
export function numberText(value: number): string {
  if (Number.isNaN(value)) return 'null';
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e17 || size < 1e-5)) throw new BeyondJq('the text of a very large or small number');
  if (Object.is(value, -0)) return '-0';
  return String(value);
}

export const textOf = (run: JqRun, value: Json): string => (typeof value === 'string' ? value : toJson(run, value));

/** Half of a pair of UTF-16 units is no character, and bytes cannot say it. */
export const hasHalfCharacter = (text: string): boolean => /\p{Surrogate}/u.test(text);
