import type { Json, JsonObject } from '@partitura/model';
import { BeyondJq, type JqRun } from './run.ts';
import type { Operator } from './syntax.ts';
import { compare, equal, fail, isList, isObject, put, shown, type List } from './values.ts';

export function operate(run: JqRun, operator: Operator, left: Json, right: Json): Json {
  switch (operator) {
    case '+':
      return add(run, left, right);
    case '-':
      return subtract(run, left, right);
    case '*':
      return multiply(run, left, right);
    case '/':
      return divide(run, left, right);
    case '%':
      return modulo(left, right);
    case '==':
      return equal(run, left, right);
    case '!=':
      return !equal(run, left, right);
    case '<':
      return compare(run, left, right) < 0;
    case '<=':
      return compare(run, left, right) <= 0;
    case '>':
      return compare(run, left, right) > 0;
    case '>=':
      return compare(run, left, right) >= 0;
  }
}

export function add(run: JqRun, left: Json, right: Json): Json {
  if (typeof left === 'number' && typeof right === 'number') return left + right;
  if (left === null) return right;
  if (right === null) return left;
  if (typeof left === 'string' && typeof right === 'string') {
    run.produce(left.length + right.length);
    return left + right;
  }
  if (isList(left) && isList(right)) {
    run.spend(left.length + right.length);
    return left.concat(right);
  }
  if (isObject(left) && isObject(right)) {
    run.spend(Object.keys(left).length + Object.keys(right).length);
    return { ...left, ...right };
  }
  throw fail(`${shown(left)} and ${shown(right)} cannot be added`);
}

function subtract(run: JqRun, left: Json, right: Json): Json {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (isList(left) && isList(right)) return left.filter((one) => !right.some((other) => equal(run, one, other)));
  throw fail(`${shown(left)} and ${shown(right)} cannot be subtracted`);
}

function multiply(run: JqRun, left: Json, right: Json): Json {
  if (typeof left === 'number' && typeof right === 'number') return left * right;
  if (typeof left === 'string' && typeof right === 'number') return repeated(run, left, right);
  if (typeof left === 'number' && typeof right === 'string') return repeated(run, right, left);
  if (isObject(left) && isObject(right)) return merged(run, left, right);
  throw fail(`${shown(left)} and ${shown(right)} cannot be multiplied`);
}

function repeated(run: JqRun, text: string, times: number): Json {
  if (times < 0) return null;
  if (!Number.isInteger(times)) throw new BeyondJq('a text repeated a fraction of times');
  if (times * text.length > 1 << 26) throw new BeyondJq('out of fuel');
  run.produce(text.length * times);
  return text.repeat(times);
}

/** Deeply, the right one wins. */
function merged(run: JqRun, left: JsonObject, right: JsonObject): JsonObject {
  return run.deeper(() => {
    run.spend(Object.keys(left).length);
    const both: Record<string, Json> = { ...left };
    for (const [key, value] of Object.entries(right)) {
      run.spend(1);
      const known = Object.hasOwn(left, key) ? left[key] : undefined;
      put(both, key, known !== undefined && isObject(known) && isObject(value) ? merged(run, known, value) : value);
    }
    return both;
  });
}

function divide(run: JqRun, left: Json, right: Json): Json {
  if (typeof left === 'number' && typeof right === 'number') {
    if (right === 0) throw fail(`${shown(left)} and ${shown(right)} cannot be divided because the divisor is zero`);
    return left / right;
  }
  if (typeof left === 'string' && typeof right === 'string') return split(run, left, right);
  throw fail(`${shown(left)} and ${shown(right)} cannot be divided`);
}

export function split(run: JqRun, text: string, separator: string): List {
  if (text === '') return [];
  run.spend(1 + (text.length >>> 2));
  return separator === '' ? [...characters(text)] : text.split(separator);
}

export const characters = (text: string): Iterable<string> => text[Symbol.iterator]();

function modulo(left: Json, right: Json): Json {
  if (typeof left !== 'number' || typeof right !== 'number')
    throw fail(`${shown(left)} and ${shown(right)} cannot be divided (remainder)`);
  const [dividend, divisor] = [Math.trunc(left), Math.abs(Math.trunc(right))];
  if (!Number.isSafeInteger(dividend) || !Number.isSafeInteger(divisor))
    throw new BeyondJq('the rest of a large number');
  if (divisor === 0)
    throw fail(`${shown(left)} and ${shown(right)} cannot be divided (remainder) because the divisor is zero`);
  return dividend % divisor || 0;
}
