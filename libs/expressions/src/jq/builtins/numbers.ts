import type { Json } from '@partitura/model';
import { combinations, computing, type Filter } from '../filter.ts';
import { BeyondJq } from '../run.ts';
import { fail, isList, isObject, numberText, shown, toJson } from '../values.ts';
import { nothing, plain, withValues, type Natives } from './native.ts';
import type { Native } from '../builtins.ts';

const mathematical = (operate: (value: number) => number): Native =>
  plain((_run, input) => {
    if (typeof input !== 'number') throw fail(`${shown(input)} number required`);
    return operate(input);
  });

const about = (test: (value: number) => boolean): Native =>
  plain((_run, input) => {
    if (typeof input !== 'number') throw fail(`${shown(input)} number required`);
    return test(input);
  });

function range(from: Filter, to: Filter, step: Filter): Filter {
  return computing((env, input, emit) =>
    combinations([from, to, step], env, input, ([first = null, end = null, by = null]) => {
      if (typeof first !== 'number' || typeof end !== 'number' || typeof by !== 'number')
        throw fail('Range bounds must be numeric');
      if (by === 0) throw new BeyondJq('a range that stands still');
      for (let at = first; by > 0 ? at < end : at > end; at += by) {
        env.jq.spend(1);
        emit(at);
      }
    }),
  );
}

const always = (value: Json): Filter => computing((_env, _input, emit) => emit(value));

function length(input: Json): Json {
  if (input === null) return 0;
  if (typeof input === 'number') return Math.abs(input);
  if (typeof input === 'string') {
    return Array.from(input).length;
  }
  if (isList(input)) return input.length;
  if (isObject(input)) return Object.keys(input).length;
  throw fail(`${shown(input)} has no length`);
}

function toNumber(input: Json): Json {
  if (typeof input === 'number') return input;
  if (typeof input !== 'string') throw fail(`${shown(input)} cannot be parsed as a number`);
  if (!/^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(input)) {
    if (/^\s|\s$|nan|inf/i.test(input)) throw new BeyondJq('an odd number');
    throw fail(`Cannot parse '${input}' as JSON`);
  }
  return Number(input);
}

export const numbers: Natives = [
  ['floor/0', mathematical(Math.floor)],
  ['ceil/0', mathematical(Math.ceil)],
  ['round/0', mathematical((value) => Math.sign(value) * Math.round(Math.abs(value)))],
  ['trunc/0', mathematical(Math.trunc)],
  ['sqrt/0', mathematical(Math.sqrt)],
  ['fabs/0', mathematical(Math.abs)],
  [
    'pow/2',
    withValues((_run, _input, base = null, exponent = null) => {
      if (typeof base !== 'number' || typeof exponent !== 'number')
        throw fail(`${shown(typeof base === 'number' ? exponent : base)} number required`);
      return base ** exponent;
    }),
  ],
  ['infinite/0', plain(() => Infinity)],
  ['nan/0', plain(() => NaN)],
  ['isinfinite/0', about((value) => Math.abs(value) === Infinity)],
  ['isnan/0', about(Number.isNaN)],
  ['isnormal/0', about((value) => Number.isFinite(value) && Math.abs(value) >= 2 ** -1022)],
  ['range/1', (to = nothing) => range(always(0), to, always(1))],
  ['range/2', (from = nothing, to = nothing) => range(from, to, always(1))],
  ['range/3', (from = nothing, to = nothing, step = nothing) => range(from, to, step)],
  [
    'length/0',
    plain((run, input) => {
      if (typeof input === 'string') run.produce(input.length);
      return length(input);
    }),
  ],
  ['tonumber/0', plain((_run, input) => toNumber(input))],
  [
    'tostring/0',
    plain((run, input) => {
      if (typeof input === 'string') return input;
      return typeof input === 'number' ? numberText(input) : toJson(run, input);
    }),
  ],
];
