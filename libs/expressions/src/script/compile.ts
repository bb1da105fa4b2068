import { parse, type Program } from 'acorn';
import { dataOf } from './builtins/json.ts';
import { programFuel } from './fuel.ts';
import { Beyond, Run, Thrown } from './run.ts';
import { Scope } from './scope.ts';
import type { Bindings, CompiledScript, Fuel, ScriptError, ScriptOutcome } from './script.ts';
import { Site } from './site.ts';
import { compileBody, type Execute } from './statement.ts';
import { ErrorValue, toText, type ObjectValue } from './values.ts';

/** Programs longer than this are left to the full engine. */
const sourceCharactersMax = 64 * 1024;

/** Reads a program. Total: what is wrong with it is data. */
export function compileScript(source: string): CompiledScript {
  if (source.length > sourceCharactersMax) return leftOut('a long program');
  let program: Program;
  try {
    program = parse(source, { ecmaVersion: 2023, sourceType: 'script', locations: true });
  } catch (error) {
    if (error instanceof RangeError) return leftOut('deep nesting');
    if (!(error instanceof SyntaxError)) throw error;
    return faulty(problemOf(error));
  }
  const site = new Site();
  const scope = new Scope('program');
  try {
    if (
      program.body.some(
        (node) =>
          node.type === 'ExpressionStatement' && node.directive !== undefined && node.directive === 'use strict',
      )
    )
      throw new Beyond('strict mode');
    return runnable(compileBody(program.body, scope, site), scope, site);
  } catch (error) {
    if (error instanceof Beyond) return leftOut(error.message);
    throw error;
  }
}

function problemOf(error: SyntaxError & { loc?: { readonly line: number } }): ScriptError {
  const words = error.message.replace(/ \(\d+:\d+\)$/, '');
  return { error: `SyntaxError: ${words}`, ...(error.loc !== undefined && { line: error.loc.line }) };
}

const faulty = (problem: ScriptError): CompiledScript => ({ problem, run: () => problem });

const leftOut = (beyond: string): CompiledScript => ({ problem: undefined, run: () => ({ beyond }) });

function runnable(execute: Execute, scope: Scope, site: Site): CompiledScript {
  const { nodes, deepest } = site;
  const { changes } = site.program;
  const guard = programFuel();
  const attempt = (bindings: Bindings, fuel: Fuel): ScriptOutcome => {
    const run = new Run(bindings, fuel, changes);
    try {
      run.spend(nodes);
      run.enter(deepest);
      // Values may be shared with whoever gave them.
      if (changes) run.bindings = dataOf(run, bindings as ObjectValue) as Bindings;
      execute({ slots: scope.initial(), outer: undefined, run });
      return { ok: dataOf(run, run.completion) ?? null };
    } catch (error) {
      return outcomeOf(error, run);
    }
  };
  return {
    problem: undefined,
    run: (bindings, fuel) => guard(fuel, (own) => attempt(bindings, own)),
  };
}

function outcomeOf(error: unknown, run: Run): ScriptOutcome {
  if (error instanceof Beyond) return { beyond: error.message };
  // Ours to avoid, but never the decision's to suffer.
  if (error instanceof RangeError) return { beyond: 'deep nesting' };
  if (!(error instanceof Thrown)) throw error;
  try {
    const text = error.value instanceof ErrorValue ? error.value.text : toText(run, error.value);
    const line = error.byProgram || run.line === undefined ? {} : { line: run.line };
    return { error: text, ...line };
  } catch (failure) {
    if (failure instanceof Beyond) return { beyond: failure.message };
    throw failure;
  }
}
