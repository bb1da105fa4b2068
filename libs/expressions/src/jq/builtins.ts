import { collections } from './builtins/collections.ts';
import { control } from './builtins/control.ts';
import { numbers } from './builtins/numbers.ts';
import { structure } from './builtins/structure.ts';
import { texts } from './builtins/texts.ts';
import type { Filter } from './filter.ts';

/** A function that is not written in jq: from its arguments to a program. */
export type Native = (...args: readonly Filter[]) => Filter;

/** By name and number of arguments. */
export const builtins: ReadonlyMap<string, Native> = new Map([
  ...control,
  ...structure,
  ...collections,
  ...numbers,
  ...texts,
]);
