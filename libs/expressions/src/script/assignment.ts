import type * as ast from 'acorn';
import { iterate, keyOf } from './expression.ts';
import { literalName } from './literal.ts';
import { readMember } from './member.ts';
import { refuseName } from './names.ts';
import { compileName, compileStore } from './name.ts';
import { binaryOperators } from './operators.ts';
import { Beyond, type Run } from './run.ts';
import type { Frame, Scope } from './scope.ts';
import { unknownNode, type Eval, type Site } from './site.ts';
import { isList, isPlainObject, isTruthy, toNumber, toPropertyKey, typeError, type Value } from './values.ts';

type Compile = (node: ast.Node) => Eval;
/** Puts a value where a pattern says. */
export type Store = (frame: Frame, value: Value) => void;

export function compileAssignment(node: ast.AssignmentExpression, scope: Scope, site: Site, compile: Compile): Eval {
  const { left, operator } = node;
  if (operator === '=') {
    if (left.type === 'MemberExpression') return memberAssignment(left, compile(node.right), site, compile);
    const right = compile(node.right);
    const store = compilePattern(left, scope, site, compile, compileStore);
    return (frame) => {
      const value = right(frame);
      store(frame, value);
      return value;
    };
  }
  const right = compile(node.right);
  const place = compilePlace(left, scope, site, compile);
  if (operator === '&&=' || operator === '||=' || operator === '??=')
    return (frame) => {
      const target = place(frame);
      const old = target.read();
      const keeps = operator === '??=' ? old !== undefined && old !== null : isTruthy(old) === (operator === '||=');
      if (keeps) return old;
      const value = right(frame);
      target.write(value);
      return value;
    };
  const operate = binaryOperators[operator.slice(0, -1) as ast.BinaryOperator];
  if (operate === undefined) throw unknownNode(node);
  return (frame) => {
    const target = place(frame);
    const value = operate(frame.run, target.read(), right(frame));
    target.write(value);
    return value;
  };
}

export function compileUpdate(node: ast.UpdateExpression, scope: Scope, site: Site, compile: Compile): Eval {
  const place = compilePlace(node.argument, scope, site, compile);
  const by = node.operator === '++' ? 1 : -1;
  const { prefix } = node;
  return (frame) => {
    const target = place(frame);
    const old = toNumber(frame.run, target.read());
    target.write(old + by);
    return prefix ? old + by : old;
  };
}

interface Place {
  read(): Value;
  write(value: Value): void;
}

/** Something that is read and then written; its object and key are computed once. */
function compilePlace(target: ast.Node, scope: Scope, site: Site, compile: Compile): (frame: Frame) => Place {
  if (target.type === 'Identifier') {
    const { name } = target as ast.Identifier;
    const [read, store] = [compileName(name, scope), compileStore(name, scope)];
    return (frame) => ({ read: () => read(frame), write: (value) => store(frame, value) });
  }
  if (target.type !== 'MemberExpression') throw unknownNode(target);
  const member = target as ast.MemberExpression;
  site.program.changes = true;
  const object = compile(member.object);
  const key = member.computed ? compile(member.property) : keyOf(member);
  return (frame) => {
    const { run } = frame;
    const into = object(frame);
    const name = key(frame);
    const settled = typeof name === 'number' ? name : toPropertyKey(run, name);
    return { read: () => readMember(run, into, settled), write: (value) => writeMember(run, into, settled, value) };
  };
}

function memberAssignment(node: ast.MemberExpression, right: Eval, site: Site, compile: Compile): Eval {
  site.program.changes = true;
  const object = compile(node.object);
  const key = node.computed ? compile(node.property) : keyOf(node);
  return (frame) => {
    const into = object(frame);
    const name = key(frame);
    const value = right(frame);
    writeMember(frame.run, into, name, value);
    return value;
  };
}

function writeMember(run: Run, into: Value, key: Value, value: Value): void {
  if (isList(into)) {
    const name = toPropertyKey(run, key);
    const index = Number(name);
    if (!Number.isInteger(index) || index < 0 || index > into.length || String(index) !== name)
      throw new Beyond('a list with holes or members');
    run.spend(1);
    into[index] = value;
    return;
  }
  if (into === null || into === undefined)
    throw typeError(`Cannot set property '${toPropertyKey(run, key)}' of ${String(into)}`);
  if (!isPlainObject(into)) throw new Beyond('a member of no data');
  const name = refuseName(toPropertyKey(run, key));
  if (!Object.hasOwn(into, name)) run.produce(16 + name.length);
  into[name] = value;
}

/** A target of `=`, a parameter, or what a declaration names. */
export function compilePattern(
  node: ast.Node,
  scope: Scope,
  site: Site,
  compile: Compile,
  named: (name: string, scope: Scope) => Store,
): Store {
  const inner = (part: ast.Node): Store => compilePattern(part, scope, site, compile, named);
  switch (node.type) {
    case 'Identifier':
      return named((node as ast.Identifier).name, scope);
    case 'AssignmentPattern': {
      const { left, right } = node as ast.AssignmentPattern;
      const [store, otherwise] = [inner(left), compile(right)];
      return (frame, value) => store(frame, value === undefined ? otherwise(frame) : value);
    }
    case 'ArrayPattern':
      return listPattern(node as ast.ArrayPattern, inner);
    case 'ObjectPattern':
      return objectPattern(node as ast.ObjectPattern, inner, compile);
    default:
      throw unknownNode(node);
  }
}

function listPattern({ elements }: ast.ArrayPattern, inner: (part: ast.Node) => Store): Store {
  const rest = elements.at(-1);
  const tail = rest?.type === 'RestElement' ? inner(rest.argument) : undefined;
  const stores = (tail === undefined ? elements : elements.slice(0, -1)).map((element) =>
    element === null ? undefined : inner(element),
  );
  return (frame, value) => {
    const list = [...iterate(value)];
    frame.run.spend(list.length);
    stores.forEach((store, at) => store?.(frame, list[at]));
    tail?.(frame, list.slice(stores.length));
  };
}

function objectPattern({ properties }: ast.ObjectPattern, inner: (part: ast.Node) => Store, compile: Compile): Store {
  const parts = properties.map((property) => {
    if (property.type === 'RestElement') throw new Beyond('the rest of an object');
    const name = property.computed ? undefined : literalName(property.key);
    return { key: name === undefined ? compile(property.key) : (): Value => name, store: inner(property.value) };
  });
  return (frame, value) => {
    if (value === undefined || value === null) throw typeError(`Cannot destructure ${String(value)}`);
    for (const { key, store } of parts) store(frame, readMember(frame.run, value, key(frame)));
  };
}
