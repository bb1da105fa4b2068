import type * as ast from 'acorn';
import { Beyond, type Run } from './run.ts';
import {
  isList,
  isObject,
  isPlainObject,
  looselyEqual,
  strictlyEqual,
  toNumber,
  toPrimitive,
  toPropertyKey,
  typeError,
  type Value,
} from './values.ts';
import { refuseName } from './names.ts';

export type Operator = (run: Run, left: Value, right: Value) => Value;

const arithmetic =
  (operate: (left: number, right: number) => number): Operator =>
  (run, left, right) => {
    const number = toNumber(run, left);
    return operate(number, toNumber(run, right));
  };

const comparison =
  (numbers: (left: number, right: number) => boolean, texts: (left: string, right: string) => boolean): Operator =>
  (run, left, right) => {
    if (typeof left === 'number' && typeof right === 'number') return numbers(left, right);
    const [one, other] = [toPrimitive(run, left), toPrimitive(run, right)];
    if (typeof one === 'string' && typeof other === 'string') return texts(one, other);
    return numbers(Number(one), Number(other));
  };

const add: Operator = (run, left, right) => {
  if (typeof left === 'number' && typeof right === 'number') return left + right;
  const [one, other] = [toPrimitive(run, left), toPrimitive(run, right)];
  if (typeof one !== 'string' && typeof other !== 'string') return Number(one) + Number(other);
  const [head, tail] = [String(one), String(other)];
  run.produce(head.length + tail.length);
  return head + tail;
};

const has: Operator = (run, left, right) => {
  if (!isObject(right)) throw typeError(`${String(right)} is not an Object`);
  const key = refuseName(toPropertyKey(run, left));
  if (isPlainObject(right) && (Object.hasOwn(right, key) || !(key in Object.prototype)))
    return Object.hasOwn(right, key);
  if (isList(right) && /^\d{1,9}$/.test(key)) return String(Number(key)) === key && Number(key) < right.length;
  throw new Beyond('operator in');
};

export const binaryOperators: Partial<Record<ast.BinaryOperator, Operator>> = {
  '+': add,
  '-': arithmetic((left, right) => left - right),
  '*': arithmetic((left, right) => left * right),
  '/': arithmetic((left, right) => left / right),
  '%': arithmetic((left, right) => left % right),
  '**': arithmetic((left, right) => left ** right),
  '<<': arithmetic((left, right) => left << right),
  '>>': arithmetic((left, right) => left >> right),
  '>>>': arithmetic((left, right) => left >>> right),
  '&': arithmetic((left, right) => left & right),
  '|': arithmetic((left, right) => left | right),
  '^': arithmetic((left, right) => left ^ right),
  '===': strictlyEqual,
  '!==': (run, left, right) => !strictlyEqual(run, left, right),
  '==': looselyEqual,
  '!=': (run, left, right) => !looselyEqual(run, left, right),
  '<': comparison(
    (left, right) => left < right,
    (left, right) => left < right,
  ),
  '<=': comparison(
    (left, right) => left <= right,
    (left, right) => left <= right,
  ),
  '>': comparison(
    (left, right) => left > right,
    (left, right) => left > right,
  ),
  '>=': comparison(
    (left, right) => left >= right,
    (left, right) => left >= right,
  ),
  in: has,
};
