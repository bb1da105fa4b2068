import type { Json } from '@partitura/model';
import type { Compiler } from './compile.ts';
import { each, withValue, type Env, type Filter } from './filter.ts';
import { read } from './paths.ts';
import { withName, type Scope } from './scope.ts';
import type { Pattern } from './syntax.ts';
import { fail, isList, isObject, kindOf } from './values.ts';

/** Takes a value apart; keys are computed from the input of the whole, with the names that are bound so far. */
type Bind = (env: Env, value: Json, input: Json, then: (env: Env) => void) => void;

/** Names of a pattern are in scope in the order in which they stand in it. */
export function bindPattern(
  pattern: Pattern,
  scope: Scope | undefined,
  compiler: Compiler,
): { readonly names: Scope | undefined; readonly bind: Bind } {
  let names = scope;
  const compiled = compilePattern(pattern);
  return { names, bind: compiled };

  function compilePattern(part: Pattern): Bind {
    switch (part.is) {
      case 'name':
        names = withName(names, `$${part.name}`);
        return (env, value, _input, then) => then(withValue(env, value));
      case 'list':
        return listBind(part.items.map(compilePattern));
      case 'members':
        return chain(part.members.map(compileMember));
    }
  }

  function compileMember({
    variable,
    key,
    pattern: inner,
  }: Extract<Pattern, { is: 'members' }>['members'][number]): Bind {
    const filter: Filter = compiler.compile(key, names);
    if (variable !== undefined) names = withName(names, `$${variable}`);
    const bindInner = inner === undefined ? undefined : compilePattern(inner);
    return (env, value, input, then) =>
      each(filter, env, input, (name) => {
        if (typeof name !== 'string') throw fail(`Cannot index ${kindOf(value)} with ${kindOf(name)}`);
        if (value !== null && !isObject(value)) throw fail(`Cannot index ${kindOf(value)} with string "${name}"`);
        const found = read(env.jq, value, name);
        const own = variable === undefined ? env : withValue(env, found);
        if (bindInner === undefined) then(own);
        else bindInner(own, found, input, then);
      });
  }
}

function listBind(items: readonly Bind[]): Bind {
  return chain(
    items.map((bind, at) => (env, value, input, then) => {
      if (value !== null && !isList(value)) throw fail(`Cannot index ${kindOf(value)} with number`);
      bind(env, read(env.jq, value, at), input, then);
    }),
  );
}

function chain(binds: readonly Bind[]): Bind {
  return (env, value, input, then) => {
    const next = (at: number, bound: Env): void => {
      const bind = binds[at];
      if (bind === undefined) then(bound);
      else bind(bound, value, input, (more) => next(at + 1, more));
    };
    next(0, env);
  };
}
