import { Beyond } from './run.ts';

/** Names that lead from data to code; they never resolve here. */
export const refusedNames: ReadonlySet<string> = new Set([
  '__proto__',
  'constructor',
  'prototype',
  '__defineGetter__',
  '__defineSetter__',
  '__lookupGetter__',
  '__lookupSetter__',
]);

export function refuseName(name: string): string {
  if (refusedNames.has(name)) throw new Beyond(`the name ${name}`);
  return name;
}
