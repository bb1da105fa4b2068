import type { Json } from '@partitura/model';
import { renderLimits } from '../budget.ts';
import { compare, hasMember, isSame, type Operator } from './compare.ts';
import type { Cursor } from './cursor.ts';
import { parseSegments } from './parse.ts';
import { InvalidPath, type Path } from './path.ts';
import { read, type Surround } from './select.ts';

/** Whether an element passes. */
export type Test = (element: Json, surround: Surround) => boolean;
/** One side of a comparison. */
interface Operand {
  /** Undefined where a path leads nowhere. */
  readonly value: (element: Json, surround: Surround) => Json | undefined;
  /** The value is the list of what an indefinite path matches. */
  readonly matches: boolean;
}

/**
 * Reads what stands between `[?(` and `)]` into a closure over a fixed set of operators. There is nothing in it that
 * could call, assign or loop; its cost is that of the paths in it.
 */
export function parseFilter(cursor: Cursor, nesting: number): Test {
  if (nesting > renderLimits.nesting) throw new InvalidPath('a filter is nested too deeply');
  let left = parseAll(cursor, nesting);
  for (;;) {
    cursor.skipBlanks();
    if (!cursor.take('||')) return left;
    const [first, second] = [left, parseAll(cursor, nesting)];
    left = (element, surround) => first(element, surround) || second(element, surround);
  }
}

function parseAll(cursor: Cursor, nesting: number): Test {
  let left = parseOne(cursor, nesting);
  for (;;) {
    cursor.skipBlanks();
    if (!cursor.take('&&')) return left;
    const [first, second] = [left, parseOne(cursor, nesting)];
    left = (element, surround) => first(element, surround) && second(element, surround);
  }
}

function parseOne(cursor: Cursor, nesting: number): Test {
  if (nesting > renderLimits.nesting) throw new InvalidPath('a filter is nested too deeply');
  cursor.skipBlanks();
  if (cursor.take('!')) {
    const test = parseOne(cursor, nesting + 1);
    return (element, surround) => !test(element, surround);
  }
  if (cursor.take('(')) {
    const test = parseFilter(cursor, nesting + 1);
    cursor.skipBlanks();
    cursor.expect(')');
    return test;
  }
  return parseComparison(cursor, nesting);
}

function parseComparison(cursor: Cursor, nesting: number): Test {
  const isPath = cursor.peek() === '@' || cursor.peek() === '$';
  const left = parseOperand(cursor, nesting);
  cursor.skipBlanks();
  const operator = takeOperator(cursor);
  if (operator) {
    cursor.skipBlanks();
    const right = parseOperand(cursor, nesting);
    cursor.skipBlanks();
    return (element, surround) => {
      surround.budget.step();
      return operator(left.value(element, surround), right.value(element, surround), surround.budget);
    };
  }
  if (!isPath) throw cursor.error('an operator expected');
  return (element, surround) => {
    const value = left.value(element, surround);
    return left.matches ? Array.isArray(value) && value.length > 0 : value !== undefined;
  };
}

const not =
  (operator: Operator): Operator =>
  (left, right, budget) =>
    !operator(left, right, budget);
const listed = (
  test: (left: readonly Json[], right: readonly Json[], has: (list: Json, one: Json) => boolean) => boolean,
): Operator => {
  return (left, right, budget) =>
    Array.isArray(left) &&
    Array.isArray(right) &&
    test(left as Json[], right as Json[], (list, one) => hasMember(list, one, budget));
};
const sizeOf = (value: Json | undefined): number | undefined =>
  typeof value === 'string' || Array.isArray(value) ? value.length : undefined;

/** Longer spellings first, so that `<` does not hide `<=`. */
const operators: readonly (readonly [string, Operator])[] = [
  ['===', (left, right, budget) => typeof left === typeof right && isSame(left, right, budget)],
  ['!==', (left, right, budget) => typeof left !== typeof right || !isSame(left, right, budget)],
  ['==', isSame],
  ['!=', not(isSame)],
  ['<=', (left, right) => compare(left, right, (order) => order <= 0)],
  ['>=', (left, right) => compare(left, right, (order) => order >= 0)],
  ['<', (left, right) => compare(left, right, (order) => order < 0)],
  ['>', (left, right) => compare(left, right, (order) => order > 0)],
  ['in', (left, right, budget) => left !== undefined && hasMember(right, left, budget)],
  ['nin', (left, right, budget) => left === undefined || !hasMember(right, left, budget)],
  ['contains', (left, right, budget) => right !== undefined && contains(left, right, budget)],
  ['anyof', listed((left, right, has) => left.some((one) => has(right, one)))],
  ['noneof', listed((left, right, has) => !left.some((one) => has(right, one)))],
  ['subsetof', listed((left, right, has) => left.every((one) => has(right, one)))],
  [
    'size',
    (left, right) => sizeOf(left) !== undefined && sizeOf(left) === (typeof right === 'number' ? right : sizeOf(right)),
  ],
  ['empty', (left, right) => sizeOf(left) !== undefined && (sizeOf(left) === 0) === (right === true)],
];

const contains: Operator = (left, right, budget) =>
  typeof left === 'string'
    ? typeof right === 'string' && left.includes(right)
    : right !== undefined && hasMember(left, right, budget);

function takeOperator(cursor: Cursor): Operator | undefined {
  if (cursor.text.startsWith('=~', cursor.at)) {
    throw new InvalidPath('regular expressions in filters are not offered', { unsupported: true });
  }
  const word = /^[a-z]+/i.exec(cursor.text.slice(cursor.at, cursor.at + 16))?.[0];
  for (const [spelling, operator] of operators) {
    if (word === undefined ? cursor.take(spelling) : word.toLowerCase() === spelling) {
      cursor.at += word?.length ?? 0;
      return operator;
    }
  }
  if (word !== undefined) throw new InvalidPath(`there is no operator ${word}`, { unsupported: true });
  return undefined;
}

function parseOperand(cursor: Cursor, nesting: number): Operand {
  if (cursor.take('@')) {
    const path = parseSegments(cursor, { inFilter: true, nesting });
    return { value: (element, surround) => read(path, element, surround), matches: isList(path) };
  }
  if (cursor.take('$')) {
    const path = parseSegments(cursor, { inFilter: true, nesting });
    return { value: (_element, surround) => surround.fromRoot(path), matches: isList(path) };
  }
  const literal = parseLiteral(cursor, nesting);
  return { value: () => literal, matches: false };
}

const isList = (path: Path): boolean => !path.definite && path.apply === undefined;

const words: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

function parseLiteral(cursor: Cursor, nesting: number): Json {
  cursor.skipBlanks();
  if (cursor.peek() === "'" || cursor.peek() === '"') return cursor.takeQuoted();
  if (cursor.take('[')) return parseList(cursor, nesting);
  const word = cursor.takeWhile((character) => /[\w.+-]/.test(character));
  const known = words.get(word);
  if (known !== undefined) return known;
  if (!/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(word)) throw cursor.error('a path or a literal expected');
  return Number(word);
}

function parseList(cursor: Cursor, nesting: number): Json {
  if (nesting > renderLimits.nesting) throw new InvalidPath('a list is nested too deeply');
  const list: Json[] = [];
  cursor.skipBlanks();
  if (cursor.take(']')) return list;
  do {
    list.push(parseLiteral(cursor, nesting + 1));
    cursor.skipBlanks();
  } while (cursor.take(','));
  cursor.expect(']');
  return list;
}
