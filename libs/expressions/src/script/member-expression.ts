import type * as ast from 'acorn';
import { errorTypes } from './builtins/errors.ts';
import { keyOf, iterate } from './expression.ts';
import { callMember, changingMethods, readMember } from './member.ts';
import { Beyond } from './run.ts';
import type { Scope } from './scope.ts';
import { unknownNode, type Eval, type Site } from './site.ts';
import { Callable, toPropertyKey, toText, typeError, type Value } from './values.ts';

/** What the rest of an optional chain is once something in it was missing. */
const broken = new Callable('nothing', () => undefined);

export function compileMember(node: ast.MemberExpression, compile: (node: ast.Node) => Eval): Eval {
  const object = compile(node.object);
  const key = node.computed ? compile(node.property) : keyOf(node);
  const { optional } = node;
  return (frame) => {
    const from = object(frame);
    if (from === broken || (optional && (from === undefined || from === null))) return broken;
    return readMember(frame.run, from, key(frame));
  };
}

export function compileChain(node: ast.ChainExpression, compile: (node: ast.Node) => Eval): Eval {
  const chain = compile(node.expression);
  return (frame) => {
    const value = chain(frame);
    return value === broken ? undefined : value;
  };
}

export function compileCall(node: ast.CallExpression, site: Site, compile: (node: ast.Node) => Eval): Eval {
  const { callee, optional } = node;
  if (callee.type === 'MemberExpression') return methodCall(node, callee, site, compile);
  const target = compile(callee);
  const args = compileArguments(node.arguments, compile);
  const source = sourceOf(callee);
  return (frame) => {
    const called = target(frame);
    if (called === broken || (optional && (called === undefined || called === null))) return broken;
    const given = args(frame);
    if (!(called instanceof Callable)) throw typeError(`${source} is not a function`);
    return called.call(frame.run, given);
  };
}

function methodCall(
  node: ast.CallExpression,
  callee: ast.MemberExpression,
  site: Site,
  compile: (node: ast.Node) => Eval,
): Eval {
  const object = compile(callee.object);
  const key = callee.computed ? compile(callee.property) : keyOf(callee);
  const args = compileArguments(node.arguments, compile);
  const source = sourceOf(callee);
  if (callee.computed || callee.property.type !== 'Identifier' || changingMethods.has(callee.property.name))
    site.program.changes = true;
  return (frame) => {
    const from = object(frame);
    if (from === broken) return broken;
    if (from === undefined || from === null) {
      if (callee.optional) return broken;
      throw typeError(`Cannot read property '${toText(frame.run, key(frame))}' of ${String(from)}`);
    }
    const name = toPropertyKey(frame.run, key(frame));
    if (node.optional) {
      const member = readMember(frame.run, from, name);
      if (member === undefined || member === null) return broken;
    }
    return callMember(from, name, args(frame), frame.run, source);
  };
}

export function compileArguments(
  nodes: readonly ast.Node[],
  compile: (node: ast.Node) => Eval,
): (frame: Parameters<Eval>[0]) => Value[] {
  if (nodes.some((node) => node.type === 'SpreadElement')) return compileSpread(nodes, compile);
  const all = nodes.map(compile);
  const [first, second] = all;
  if (first === undefined) return () => [];
  if (second === undefined) return (frame) => [first(frame)];
  return (frame) => all.map((one) => one(frame));
}

/** Elements of a list, or arguments, with `...`. */
export function compileSpread(
  nodes: readonly ast.Node[],
  compile: (node: ast.Node) => Eval,
): (frame: Parameters<Eval>[0]) => Value[] {
  const all = nodes.map((node) =>
    node.type === 'SpreadElement'
      ? { spread: true, value: compile((node as ast.SpreadElement).argument) }
      : { spread: false, value: compile(node) },
  );
  return (frame) => {
    const list: Value[] = [];
    for (const { spread, value } of all) {
      if (!spread) list.push(value(frame));
      else
        for (const element of iterate(value(frame))) {
          frame.run.spend(1);
          list.push(element);
        }
    }
    return list;
  };
}

/** `new Error(text)` and its kind; nothing else is made with `new`. */
export function compileNew(node: ast.NewExpression, scope: Scope, compile: (node: ast.Node) => Eval): Eval {
  const { callee } = node;
  if (callee.type !== 'Identifier' || scope.find(callee.name) !== undefined) throw unknownNode(node);
  const make = errorTypes.get(callee.name);
  if (make === undefined) throw new Beyond(`new ${callee.name}`);
  const args = compileArguments(node.arguments, compile);
  return (frame) => make.call(frame.run, args(frame));
}

function sourceOf(node: ast.Node): string {
  if (node.type === 'Identifier') return (node as ast.Identifier).name;
  if (node.type !== 'MemberExpression') return 'value';
  const { object, property, computed } = node as ast.MemberExpression;
  return computed ? `${sourceOf(object)}[…]` : `${sourceOf(object)}.${(property as ast.Identifier).name}`;
}
