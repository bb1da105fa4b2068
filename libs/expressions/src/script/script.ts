import type { Json } from '@partitura/model';

/**
 * A JavaScript program that was read once. It is run inside a decision as long as it keeps to the expression subset and
 * its fuel; `beyond` says that only the full engine outside of decisions can say what it answers.
 */
export interface CompiledScript {
  /** What is wrong with its syntax; such a program answers the same as an error when it is run. */
  readonly problem: ScriptError | undefined;
  /** Never throws. Bindings are neither changed nor kept; `undefined` and numbers that are none become null. */
  run(bindings: Bindings, fuel?: Fuel): ScriptOutcome;
}

/** Global names of the program, `$` above all. */
export type Bindings = Readonly<Record<string, Json>>;

export type ScriptOutcome =
  /** The value of the last statement. */
  | { readonly ok: Json }
  | ScriptError
  /** The program uses what the interpreter does not know, or more fuel than it was given. */
  | { readonly beyond: string };

export interface ScriptError {
  /** What the program has thrown, as text: `TypeError: Cannot read property 'x' of undefined`. */
  readonly error: string;
  /** From 1; unknown for what the program itself threw. */
  readonly line?: number;
}

/** What programs may spend; one that is shared between programs bounds them together. */
export interface Fuel {
  /** Evaluated nodes, calls and iterations; what is produced counts too, 16 characters or one element as one. */
  left: number;
}

/** Conductor's words for a program that has failed. */
export function scriptErrorText({ error, line }: ScriptError): string {
  return `Error evaluating the script \`${error}\`${line === undefined ? '' : ` at line ${line}`}`;
}
