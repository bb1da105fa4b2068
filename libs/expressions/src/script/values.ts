import { Beyond, Thrown, type Run } from './run.ts';

/** What programs compute with: JSON of the host, and a few things that are no data. */
export type Value = undefined | null | boolean | number | string | ListValue | ObjectValue | Special;
export type ListValue = Value[];
export interface ObjectValue {
  [key: string]: Value;
}

/** Anything but data. */
export abstract class Special {
  abstract readonly text: string;
}

export class Callable extends Special {
  readonly text: string;
  readonly call: (run: Run, args: Value[]) => Value;
  /** `Object.keys`, `Number.isInteger`. */
  readonly members: Members;

  constructor(text: string, call: (run: Run, args: Value[]) => Value, members: Members = noMembers) {
    super();
    this.text = text;
    this.call = call;
    this.members = members;
  }
}

/** `Math`, `JSON`. */
export class Namespace extends Special {
  readonly text: string;
  readonly members: Members;

  constructor(text: string, members: Members) {
    super();
    this.text = text;
    this.members = members;
  }
}

export type Members = ReadonlyMap<string, Value>;
const noMembers: Members = new Map();

/** An `Error` that the program made, or one that the interpreter throws into it. */
export class ErrorValue extends Special {
  readonly name: string;
  readonly message: string;

  constructor(name: string, message: string) {
    super();
    this.name = name;
    this.message = message;
  }

  get text(): string {
    return this.message === '' ? this.name : `${this.name}: ${this.message}`;
  }
}

export const typeError = (message: string): Thrown => new Thrown(new ErrorValue('TypeError', message));
export const referenceError = (message: string): Thrown => new Thrown(new ErrorValue('ReferenceError', message));
export const rangeError = (message: string): Thrown => new Thrown(new ErrorValue('RangeError', message));

export const isList = (value: Value): value is ListValue => Array.isArray(value);
export const isPlainObject = (value: Value): value is ObjectValue =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Special);
export const isObject = (value: Value): value is ListValue | ObjectValue | Special =>
  typeof value === 'object' && value !== null;

export type Primitive = undefined | null | boolean | number | string;

/** What an operator sees of an operand. Own `toString` and `valueOf` are left to the full engine. */
export function toPrimitive(run: Run, value: Value): Primitive {
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return joined(run, value, ',');
  if (value instanceof ErrorValue) return value.text;
  if (value instanceof Special) throw new Beyond('the text of a function');
  if (Object.hasOwn(value, 'toString') || Object.hasOwn(value, 'valueOf')) throw new Beyond('an own toString');
  return '[object Object]';
}

export function toText(run: Run, value: Value): string {
  return typeof value === 'string' ? value : String(toPrimitive(run, value));
}

export const toNumber = (run: Run, value: Value): number =>
  typeof value === 'number' ? value : Number(toPrimitive(run, value));

export const toPropertyKey = (run: Run, value: Value): string => toText(run, value);

/** `Array.prototype.join`. */
export function joined(run: Run, list: ListValue, separator: string): string {
  run.enter(1);
  const pieces: string[] = [];
  let length = 0;
  for (const element of list) {
    const piece = element === undefined || element === null ? '' : toText(run, element);
    length += piece.length + separator.length;
    run.produce(length >> 10);
    run.spend(1);
    pieces.push(piece);
  }
  run.produce(length);
  run.leave(1);
  return pieces.join(separator);
}

export function isTruthy(value: Value): boolean {
  return Boolean(value);
}

export function typeName(value: Value): string {
  if (value instanceof Callable) return 'function';
  return value === null ? 'object' : typeof value;
}

/**
 * `===`. Values of the input that are one object here may be two there, so what looks the same is only believed if
 * the program works on a copy of its own.
 */
export function strictlyEqual(run: Run, left: Value, right: Value): boolean {
  if (left !== right) return false;
  if (typeof left === 'object' && left !== null && !run.copied) throw new Beyond('objects compared with themselves');
  return true;
}

export function looselyEqual(run: Run, left: Value, right: Value): boolean {
  if (isObject(left) ? isObject(right) : !isObject(right)) {
    // Two primitives: the host's own rule.
    if (!isObject(left)) return left == right; // eslint-disable-line eqeqeq
    return strictlyEqual(run, left, right);
  }
  if (left === undefined || left === null || right === undefined || right === null) return false;
  return looselyEqual(run, toPrimitive(run, left), toPrimitive(run, right));
}

/** `[].includes`: like `===`, but NaN is found. */
export const sameValueZero = (run: Run, left: Value, right: Value): boolean =>
  strictlyEqual(run, left, right) || (Number.isNaN(left) && Number.isNaN(right));
