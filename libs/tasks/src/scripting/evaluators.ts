import type { Signal } from '@partitura/engine';
import { scriptErrorText, type CompiledScript, type ScriptError } from '@partitura/expressions';
import type { Json } from '@partitura/model';

/** Evaluators whose expressions are JavaScript; in Conductor they are one engine too. */
export const isJavaScript = (evaluatorType: string): boolean =>
  evaluatorType === 'javascript' || evaluatorType === 'graaljs';

/** What registration says about a program that cannot be read; nothing if it can. */
export function problemsOf(script: CompiledScript, task: { readonly type: string; readonly name: string }): string[] {
  if (script.problem === undefined) return [];
  const { error, line } = script.problem;
  const where = line === undefined ? '' : ` at line ${line}`;
  return [`Expression is not well formatted: ${error}${where}, taskType: ${task.type} taskName ${task.name}`];
}

/** What a program says, wherever it was evaluated. */
export type Evaluated = { readonly value: Json } | { readonly error: string };

export const failedWith = (error: ScriptError): { readonly error: string } => ({ error: scriptErrorText(error) });

/** What the executors of programs report. */
export function readAnswer({ status, output, reason }: Extract<Signal, { readonly kind: 'answered' }>): Evaluated {
  if (status === 'COMPLETED') return { value: output['result'] ?? null };
  return { error: reason ?? `the evaluation ended with status ${status}` };
}
