import type { Json } from '@partitura/model';
import type { Fuel } from '../script/script.ts';
import { Compiler } from './compile.ts';
import { each, root, type Filter } from './filter.ts';
import type { CompiledJq, JqOutcome } from './jq.ts';
import { parseJq } from './parser.ts';
import { BeyondJq, JqError, JqRun } from './run.ts';
import { JqSyntaxError } from './syntax.ts';
import { programFuel } from '../script/fuel.ts';

/** Programs longer than this are left to jq itself. */
const sourceCharactersMax = 64 * 1024;

/** Reads a jq program. Total: what is wrong with it is data. */
export function compileJq(source: string): CompiledJq {
  if (source.length > sourceCharactersMax) return leftOut('a long program');
  try {
    return runnable(new Compiler().compile(parseJq(source), undefined));
  } catch (error) {
    if (error instanceof BeyondJq || error instanceof RangeError) return leftOut(error.message);
    if (!(error instanceof JqSyntaxError)) throw error;
    const { message } = error;
    return message.startsWith('beyond: ') ? leftOut(message.slice(8)) : faulty(message);
  }
}

const faulty = (problem: string): CompiledJq => ({ problem, run: () => ({ error: problem }) });

const leftOut = (beyond: string): CompiledJq => ({ problem: undefined, run: () => ({ beyond }) });

function runnable(filter: Filter): CompiledJq {
  const guard = programFuel();
  return {
    problem: undefined,
    run: (input, fuel) => guard(fuel, (own) => attempt(filter, input, own)),
  };
}

function attempt(filter: Filter, input: Json, fuel: Fuel): JqOutcome {
  const run = new JqRun(fuel);
  try {
    const results: Json[] = [];
    each(filter, root(run), input, (value) => {
      run.spend(1);
      results.push(finite(run, value));
    });
    return { results };
  } catch (error) {
    if (error instanceof BeyondJq) return { beyond: error.message };
    // Ours to avoid, but never the decision's to suffer.
    if (error instanceof RangeError) return { beyond: 'deep nesting' };
    if (error instanceof JqError) return { error: error.message };
    throw error;
  }
}

/** Numbers that JSON does not have are written as jq writes them. */
function finite(run: JqRun, value: Json): Json {
  if (typeof value === 'number') {
    if (Number.isNaN(value)) return null;
    return Number.isFinite(value) ? value : Math.sign(value) * Number.MAX_VALUE;
  }
  if (typeof value !== 'object' || value === null || !hasOddNumber(run, value)) return value;
  return run.deeper(() =>
    Array.isArray(value)
      ? (value as readonly Json[]).map((element) => finite(run, element))
      : Object.fromEntries(Object.entries<Json>(value).map(([key, inner]) => [key, finite(run, inner)])),
  );
}

function hasOddNumber(run: JqRun, value: Json): boolean {
  run.spend(1);
  if (typeof value === 'number') return !Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return false;
  return run.deeper(() => Object.values<Json>(value).some((inner) => hasOddNumber(run, inner)));
}
