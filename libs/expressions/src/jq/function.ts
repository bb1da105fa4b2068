import type { Json } from '@partitura/model';
import type { Compiler } from './compile.ts';
import { each, outward, root, withClosure, withValue, type Env, type Filter } from './filter.ts';
import { BeyondJq } from './run.ts';
import { depthOf, withFunction, withName, type FunctionEntry, type Scope } from './scope.ts';
import type { Definition } from './syntax.ts';

/** Puts a function in scope: for itself, and for what follows it. */
export function define({ name, params, body }: Definition, scope: Scope | undefined, compiler: Compiler): Scope {
  const entry: FunctionEntry = { params, depth: depthOf(scope), body: undefined };
  const known = withFunction(scope, `${name}/${params.length}`, entry);
  let inner: Scope = known;
  for (const param of params) inner = withName(inner, `${param.replace('$', '')}/0`, 'closure');
  for (const param of params) if (param.startsWith('$')) inner = withName(inner, param);
  entry.body = compiler.compile(body, inner);
  return known;
}

/** A program that was handed to the function runs with the names that it knows itself. */
export function callClosure(hops: number): Filter {
  return (env, path, input, emit) => {
    const { closure } = outward(env, hops);
    if (closure === undefined) throw new BeyondJq('no closure');
    env.jq.spend(1);
    env.jq.deeper(() => closure.filter(closure.env, path, input, emit));
  };
}

/** @param hops From the caller out to where the function was defined; library functions know no caller. */
export function callFunction(entry: FunctionEntry, args: readonly Filter[], hops: number | 'root'): Filter {
  const values = entry.params.flatMap((param, at) => (param.startsWith('$') ? [at] : []));
  return (env, path, input, emit) => {
    const { body } = entry;
    if (body === undefined) throw new BeyondJq('a function that is not there yet');
    env.jq.spend(1);
    let inner = hops === 'root' ? root(env.jq) : outward(env, hops);
    for (const filter of args) inner = withClosure(inner, { filter, env });
    env.jq.deeper(() => bindValues(args, values, 0, env, inner, input, (bound) => body(bound, path, input, emit)));
  };
}

/** Parameters with a `$` are bound to each value that they have, the first one outermost. */
function bindValues(
  args: readonly Filter[],
  values: readonly number[],
  at: number,
  caller: Env,
  env: Env,
  input: Json,
  then: (env: Env) => void,
): void {
  const arg = args[values[at] ?? -1];
  if (arg === undefined) then(env);
  else
    each(arg, caller, input, (value) => bindValues(args, values, at + 1, caller, withValue(env, value), input, then));
}
