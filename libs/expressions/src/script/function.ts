import type * as ast from 'acorn';
import { compilePattern, type Store } from './assignment.ts';
import { compileExpression } from './expression.ts';
import { Beyond, type Run } from './run.ts';
import { Scope, type Frame } from './scope.ts';
import { Site, type Eval } from './site.ts';
import { declareIn } from './declare.ts';
import { compileBody, type Completion } from './statement.ts';
import { Callable, type Value } from './values.ts';

/** Compiles a function; a run of it makes a closure. */
export function compileFunction(node: ast.Function, outer: Scope, site: Site): Eval {
  if (node.generator || node.async) throw new Beyond('generators and async functions');
  const own = new Site(site.program);
  const around = nameScope(node, outer);
  const scope = new Scope('function', around ?? outer);
  const store = compileParameters(node.params, scope, own);
  const body = compileFunctionBody(node, scope, own);
  const { deepest, nodes } = own;
  const label = node.id?.name ?? 'function';
  const enter = (frame: Frame, args: Value[]): Value => {
    const { run } = frame;
    run.spend(nodes);
    run.enter(deepest + 2);
    const { completion } = run;
    const inner: Frame = { slots: scope.initial(), outer: frame, run };
    store(inner, args);
    const value = body(inner);
    run.completion = completion;
    run.leave(deepest + 2);
    return value;
  };
  if (around === undefined) return (frame) => new Callable(label, (_run: Run, args) => enter(frame, args));
  return (frame) => {
    const named: Frame = { slots: [undefined], outer: frame, run: frame.run };
    const closure = new Callable(label, (_run: Run, args) => enter(named, args));
    named.slots[0] = closure;
    return closure;
  };
}

/** A function expression knows itself by its name. */
function nameScope(node: ast.Function, outer: Scope): Scope | undefined {
  if (node.type !== 'FunctionExpression' || node.id === null || node.id === undefined) return undefined;
  const scope = new Scope('block', outer);
  scope.declare(node.id.name, 'var');
  return scope;
}

function compileParameters(
  params: readonly ast.Pattern[],
  scope: Scope,
  site: Site,
): (frame: Frame, args: Value[]) => void {
  const compile = (node: ast.Node): Eval => {
    if (node.type.includes('Function')) throw new Beyond('functions as defaults of parameters');
    return compileExpression(node, scope, site);
  };
  const stores = params.map((param): [Store, boolean] => {
    const rest = param.type === 'RestElement';
    const pattern = rest ? param.argument : param;
    declareIn(pattern, scope, 'var');
    return [compilePattern(pattern, scope, site, compile, initialize), rest];
  });
  return (frame, args) => {
    for (let at = 0; at < stores.length; at++) {
      const [store, rest] = stores[at] as [Store, boolean];
      if (rest) {
        frame.run.spend(args.length);
        store(frame, args.slice(at));
      } else store(frame, args[at]);
    }
  };
}

/** Gives a declared name its first value. */
export function initialize(name: string, scope: Scope): Store {
  const variable = scope.find(name);
  if (variable === undefined) throw new Beyond(`no variable ${name}`);
  const { hops, slot } = variable;
  return (frame, value) => {
    let at = frame;
    for (let hop = hops; hop > 0; hop--) at = at.outer as Frame;
    at.slots[slot] = value;
  };
}

function compileFunctionBody(node: ast.Function, scope: Scope, site: Site): (frame: Frame) => Value {
  if (node.body.type !== 'BlockStatement') return compileExpression(node.body, scope, site);
  const run = compileBody(node.body.body, scope, site);
  return (frame) => {
    const completion: Completion = run(frame);
    return completion !== undefined && completion.kind === 'return' ? completion.value : undefined;
  };
}
