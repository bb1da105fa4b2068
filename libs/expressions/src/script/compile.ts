import { parse } from 'acorn';
import type { CompiledScript } from './script.ts';

/** Reads a program. Total: what is wrong with it is data. */
export function compileScript(source: string): CompiledScript {
  try {
    parse(source, { ecmaVersion: 2023, sourceType: 'script' });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const problem = `SyntaxError: ${error.message}`;
    return { problem, run: () => ({ error: problem }) };
  }
  return { problem: undefined, run: () => ({ beyond: 'the program uses more than expressions' }) };
}
