import { refuseName } from '../names.ts';
import { Beyond, type Run } from '../run.ts';
import {
  Callable,
  isList,
  isPlainObject,
  isTruthy,
  Namespace,
  toNumber,
  toPropertyKey,
  toText,
  typeError,
  type ObjectValue,
  type Value,
} from '../values.ts';
import { errorTypes } from './errors.ts';
import { jsonNamespace } from './json.ts';

type Implementation = (run: Run, args: Value[]) => Value;

const callables = (prefix: string, entries: Readonly<Record<string, Implementation>>): [string, Value][] =>
  Object.entries(entries).map(([name, call]) => [name, new Callable(`${prefix}${name}`, call)]);

function entriesOf(run: Run, value: Value): [string, Value][] {
  if (value === undefined || value === null) throw typeError('Cannot convert undefined or null to object');
  if (!isPlainObject(value) && !isList(value)) throw new Beyond('members of no data');
  const entries = Object.entries(value);
  run.spend(entries.length);
  return entries;
}

const objectFunctions = callables('Object.', {
  keys: (run, [value]) => entriesOf(run, value).map(([name]) => name),
  values: (run, [value]) => entriesOf(run, value).map(([, member]) => member),
  entries: (run, [value]) => entriesOf(run, value).map(([name, member]): Value => [name, member]),
  assign: (run, [target, ...sources]) => {
    if (!isPlainObject(target)) throw new Beyond('Object.assign to no plain object');
    for (const source of sources) {
      if (source === undefined || source === null) continue;
      for (const [name, member] of entriesOf(run, source)) target[refuseName(name)] = member;
    }
    return target;
  },
  fromEntries: (run, [entries]) => {
    if (!isList(entries)) throw new Beyond('Object.fromEntries of no list');
    const object: ObjectValue = {};
    for (const entry of entries) {
      run.spend(1);
      if (!isList(entry)) throw new Beyond('an entry that is no list');
      object[refuseName(toPropertyKey(run, entry[0]))] = entry[1];
    }
    return object;
  },
});

const listFunctions = callables('Array.', {
  isArray: (_run, [value]) => isList(value),
  of: (run, args) => {
    run.spend(args.length);
    return args;
  },
  from: (run, [source, transform]) => {
    if (transform !== undefined && !(transform instanceof Callable)) throw typeError('not a function');
    const elements = elementsOf(run, source);
    return transform === undefined ? elements : elements.map((element, at) => transform.call(run, [element, at]));
  },
});

/** What `Array.from` takes: lists, texts, and `{ length: n }`. */
function elementsOf(run: Run, source: Value): Value[] {
  if (isList(source) || typeof source === 'string') {
    run.spend(source.length);
    return Array.from<Value>(source);
  }
  if (!isPlainObject(source)) throw new Beyond('Array.from neither a list nor a text');
  const length = source['length'];
  if (typeof length !== 'number' || Object.keys(source).length !== 1) throw new Beyond('Array.from an object');
  const count = Math.max(0, Math.trunc(length) || 0);
  run.spend(count);
  return Array.from<Value>({ length: count }).fill(undefined);
}

const numeric =
  (operate: (value: number) => Value): Implementation =>
  (run, [value]) =>
    operate(toNumber(run, value));

const variadic =
  (operate: (...values: number[]) => number): Implementation =>
  (run, args) => {
    run.spend(args.length);
    return operate(...args.map((arg) => toNumber(run, arg)));
  };

const mathFunctions = callables('Math.', {
  abs: numeric(Math.abs),
  ceil: numeric(Math.ceil),
  floor: numeric(Math.floor),
  round: numeric(Math.round),
  trunc: numeric(Math.trunc),
  sign: numeric(Math.sign),
  sqrt: numeric(Math.sqrt),
  max: variadic(Math.max),
  min: variadic(Math.min),
  pow: (run, [base, exponent]) => toNumber(run, base) ** toNumber(run, exponent),
});

const numberFunctions = callables('Number.', {
  isInteger: (_run, [value]) => Number.isInteger(value),
  isSafeInteger: (_run, [value]) => Number.isSafeInteger(value),
  isFinite: (_run, [value]) => Number.isFinite(value),
  isNaN: (_run, [value]) => Number.isNaN(value),
  parseFloat: (run, [value]) => parseFloat(toText(run, value)),
  parseInt: (run, [value, radix]) =>
    parseInt(toText(run, value), radix === undefined ? undefined : toNumber(run, radix)),
});

const numberOf: Implementation = (run, args) => (args.length === 0 ? 0 : toNumber(run, args[0]));

/** What programs find without declaring it. */
export const builtins: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['Math', new Namespace('Math', new Map<string, Value>([...mathFunctions, ['PI', Math.PI], ['E', Math.E]]))],
  ['JSON', jsonNamespace],
  ['Object', new Callable('Object', refuse('Object()'), new Map(objectFunctions))],
  ['Array', new Callable('Array', refuse('Array()'), new Map(listFunctions))],
  [
    'Number',
    new Callable(
      'Number',
      numberOf,
      new Map<string, Value>([
        ...numberFunctions,
        ['MAX_SAFE_INTEGER', Number.MAX_SAFE_INTEGER],
        ['MIN_SAFE_INTEGER', Number.MIN_SAFE_INTEGER],
        ['EPSILON', Number.EPSILON],
      ]),
    ),
  ],
  ['String', new Callable('String', (run, args) => (args.length === 0 ? '' : toText(run, args[0])))],
  ['Boolean', new Callable('Boolean', (_run, [value]) => isTruthy(value))],
  ...callables('', {
    isNaN: (run, [value]) => Number.isNaN(toNumber(run, value)),
    isFinite: (run, [value]) => Number.isFinite(toNumber(run, value)),
  }),
  ...numberFunctions.filter(([name]) => name.startsWith('parse')),
  ...errorTypes,
]);

function refuse(what: string): Implementation {
  return () => {
    throw new Beyond(what);
  };
}

/** Names that mean something in JavaScript, or in the engine behind it. */
const others = new Set([
  'this',
  'arguments',
  'eval',
  'globalThis',
  'Function',
  'Symbol',
  'BigInt',
  'Date',
  'RegExp',
  'Map',
  'Set',
  'WeakMap',
  'WeakSet',
  'WeakRef',
  'Promise',
  'Proxy',
  'Reflect',
  'Iterator',
  'AggregateError',
  'InternalError',
  'FinalizationRegistry',
  'ArrayBuffer',
  'SharedArrayBuffer',
  'DataView',
  'Atomics',
  'WebAssembly',
  'performance',
  'queueMicrotask',
  'decodeURI',
  'decodeURIComponent',
  'encodeURI',
  'encodeURIComponent',
  'escape',
  'unescape',
]);

export const isStandardGlobal = (name: string): boolean =>
  others.has(name) ||
  builtins.has(name) ||
  name in Object.prototype ||
  /^(Big)?(Int|Uint|Float)\d+(Clamped)?Array$/.test(name);
