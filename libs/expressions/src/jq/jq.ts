import type { Json } from '@partitura/model';
import type { Fuel } from '../script/script.ts';

/** A jq program that was read once; see `CompiledScript` for what `beyond` means. */
export interface CompiledJq {
  /** What is wrong with its syntax; such a program answers the same as an error when it is run. */
  readonly problem: string | undefined;
  /** Never throws, changes nothing. */
  run(input: Json, fuel?: Fuel): JqOutcome;
}

export type JqOutcome =
  /** Everything that the program gives, in order. */
  { readonly results: readonly Json[] } | { readonly error: string } | { readonly beyond: string };
