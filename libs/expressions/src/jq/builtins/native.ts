import type { Json } from '@partitura/model';
import { combinations, computing, mapping, type Filter } from '../filter.ts';
import type { JqRun } from '../run.ts';
import type { Native } from '../builtins.ts';

export type Natives = readonly (readonly [string, Native])[];

/** One value from the input. */
export const plain =
  (map: (run: JqRun, input: Json) => Json): Native =>
  () =>
    mapping(map);

/** One value from the input and the values of all arguments, for every combination of them. */
export const withValues =
  (map: (run: JqRun, input: Json, ...args: Json[]) => Json): Native =>
  (...args) =>
    computing((env, input, emit) => combinations(args, env, input, (values) => emit(map(env.jq, input, ...values))));

/** Arguments of a native function are there in the number that its name says. */
export const nothing: Filter = () => undefined;
