import type * as ast from 'acorn';
import { compileAssignment, compileUpdate } from './assignment.ts';
import { compileFunction } from './function.ts';
import { compileArray, compileObject, compileTemplate } from './literal.ts';
import { compileCall, compileChain, compileMember, compileNew } from './member-expression.ts';
import { compileName, compileTypeOf } from './name.ts';
import { binaryOperators } from './operators.ts';
import { refuseName } from './names.ts';
import { Beyond } from './run.ts';
import type { Scope } from './scope.ts';
import { unknownNode, type Eval, type Site } from './site.ts';
import { isList, isPlainObject, isTruthy, toNumber, toPropertyKey, type Value } from './values.ts';

/** Compiles an expression; what the interpreter does not know throws {@link Beyond}. */
export function compileExpression(node: ast.Node, scope: Scope, site: Site): Eval {
  return site.within(() => compileNode(node as ast.Expression, scope, site));
}

function compileNode(node: ast.Expression, scope: Scope, site: Site): Eval {
  const compile = (inner: ast.Node): Eval => compileExpression(inner, scope, site);
  switch (node.type) {
    case 'Literal':
      return literal(node);
    case 'Identifier':
      return compileName(node.name, scope);
    case 'TemplateLiteral':
      return compileTemplate(node, compile);
    case 'ArrayExpression':
      return compileArray(node, compile);
    case 'ObjectExpression':
      return compileObject(node, compile);
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
      return compileFunction(node, scope, site);
    case 'MemberExpression':
      return compileMember(node, compile);
    case 'CallExpression':
      return compileCall(node, site, compile);
    case 'ChainExpression':
      return compileChain(node, compile);
    case 'NewExpression':
      return compileNew(node, scope, compile);
    case 'AssignmentExpression':
      return compileAssignment(node, scope, site, compile);
    case 'UpdateExpression':
      return compileUpdate(node, scope, site, compile);
    case 'UnaryExpression':
      return unary(node, scope, site, compile);
    case 'BinaryExpression':
      return binary(node, compile);
    case 'LogicalExpression':
      return logical(node, compile);
    case 'ConditionalExpression': {
      const [test, yes, no] = [compile(node.test), compile(node.consequent), compile(node.alternate)];
      return (frame) => (isTruthy(test(frame)) ? yes(frame) : no(frame));
    }
    case 'SequenceExpression': {
      const all = node.expressions.map(compile);
      return (frame) => {
        let value: Value;
        for (const one of all) value = one(frame);
        return value;
      };
    }
    default:
      throw unknownNode(node);
  }
}

function literal(node: ast.Literal): Eval {
  const { value } = node;
  if (node.regex !== undefined) throw new Beyond('regular expressions');
  if (typeof value === 'bigint' || (typeof value === 'object' && value !== null)) throw unknownNode(node);
  return () => value;
}

function unary(node: ast.UnaryExpression, scope: Scope, site: Site, compile: (inner: ast.Node) => Eval): Eval {
  if (node.operator === 'typeof') return compileTypeOf(node.argument, scope, compile);
  if (node.operator === 'delete') return deletion(node.argument, site, compile);
  const operand = compile(node.argument);
  switch (node.operator) {
    case '!':
      return (frame) => !isTruthy(operand(frame));
    case '-':
      return (frame) => -toNumber(frame.run, operand(frame));
    case '+':
      return (frame) => toNumber(frame.run, operand(frame));
    case '~':
      return (frame) => ~toNumber(frame.run, operand(frame));
    case 'void':
      return (frame) => {
        operand(frame);
        return undefined;
      };
  }
}

function deletion(target: ast.Expression, site: Site, compile: (inner: ast.Node) => Eval): Eval {
  if (target.type !== 'MemberExpression') throw new Beyond('deleting anything but a member');
  site.program.changes = true;
  const object = compile(target.object);
  const key = target.computed ? compile(target.property) : keyOf(target);
  return (frame) => {
    const from = object(frame);
    const name = refuseName(toPropertyKey(frame.run, key(frame)));
    if (!isPlainObject(from)) throw new Beyond('deleting a member of no plain object');
    Reflect.deleteProperty(from, name);
    return true;
  };
}

export function keyOf(node: ast.MemberExpression): Eval {
  if (node.property.type !== 'Identifier') throw unknownNode(node.property);
  const { name } = node.property;
  return () => name;
}

function binary(node: ast.BinaryExpression, compile: (inner: ast.Node) => Eval): Eval {
  const operate = binaryOperators[node.operator];
  if (operate === undefined) throw new Beyond(`operator ${node.operator}`);
  const [left, right] = [compile(node.left), compile(node.right)];
  return (frame) => operate(frame.run, left(frame), right(frame));
}

function logical(node: ast.LogicalExpression, compile: (inner: ast.Node) => Eval): Eval {
  const [left, right] = [compile(node.left), compile(node.right)];
  switch (node.operator) {
    case '&&':
      return (frame) => {
        const value = left(frame);
        return isTruthy(value) ? right(frame) : value;
      };
    case '||':
      return (frame) => {
        const value = left(frame);
        return isTruthy(value) ? value : right(frame);
      };
    case '??':
      return (frame) => left(frame) ?? right(frame);
  }
}

/** What `of`, spreading and destructuring go through: lists, and texts by code point. */
export function iterate(value: Value): Iterable<Value> {
  if (isList(value) || typeof value === 'string') return value;
  throw new Beyond('iterating over neither a list nor a text');
}
