import type * as ast from 'acorn';
import { compilePattern, type Store } from './assignment.ts';
import { declareNames } from './declare.ts';
import { compileExpression, iterate } from './expression.ts';
import { initialize } from './function.ts';
import { Beyond } from './run.ts';
import { Scope, type Frame } from './scope.ts';
import { unknownNode, type Eval, type Site } from './site.ts';
import { compileStatement, declaration, type Execute } from './statement.ts';
import { isList, isPlainObject, isTruthy, type Value } from './values.ts';

export function forLoop(node: ast.ForStatement, outer: Scope, site: Site): Execute {
  const scope = new Scope('block', outer);
  const { init } = node;
  const perIteration = init?.type === 'VariableDeclaration' && init.kind !== 'var';
  if (init?.type === 'VariableDeclaration' && init.kind !== 'var') declareNames(init, scope);
  const before = site.nodes;
  const compile = (inner: ast.Node): Eval => compileExpression(inner, scope, site);
  const begin =
    init === null || init === undefined
      ? undefined
      : init.type === 'VariableDeclaration'
        ? declaration(init, scope, site, compile)
        : compile(init);
  const test = node.test === null || node.test === undefined ? undefined : compile(node.test);
  const update = node.update === null || node.update === undefined ? undefined : compile(node.update);
  const body = compileStatement(node.body, scope, site);
  const cost = site.nodes - before + 1;
  return (frame) => {
    const { run } = frame;
    let inner: Frame = { slots: scope.initial(), outer: frame, run };
    begin?.(inner);
    run.completion = undefined;
    while (test === undefined || isTruthy(test(inner))) {
      run.spend(cost);
      const completion = body(inner);
      if (completion?.kind === 'return') return completion;
      if (completion?.kind === 'break') return undefined;
      // Closures of an iteration keep its variables.
      if (perIteration) inner = { slots: [...inner.slots], outer: frame, run };
      update?.(inner);
    }
    return undefined;
  };
}

export function forEach(
  node: ast.ForOfStatement | ast.ForInStatement,
  outer: Scope,
  site: Site,
  compile: (node: ast.Node) => Eval,
): Execute {
  if (node.type === 'ForOfStatement' && node.await) throw unknownNode(node);
  const { left } = node;
  const values = compile(node.right);
  const scope = new Scope('block', outer);
  const inside = (inner: ast.Node): Eval => compileExpression(inner, scope, site);
  const store = loopTarget(left, scope, site, inside);
  const before = site.nodes;
  const body = compileStatement(node.body, scope, site);
  const cost = site.nodes - before + 2;
  const isOf = node.type === 'ForOfStatement';
  return (frame) => {
    const { run } = frame;
    const over = values(frame);
    run.completion = undefined;
    for (const value of isOf ? iterate(over) : namesOf(over)) {
      run.spend(cost);
      const inner: Frame = { slots: scope.initial(), outer: frame, run };
      store(inner, value);
      const completion = body(inner);
      if (completion?.kind === 'return') return completion;
      if (completion?.kind === 'break') return undefined;
    }
    return undefined;
  };
}

function loopTarget(
  left: ast.VariableDeclaration | ast.Pattern,
  scope: Scope,
  site: Site,
  compile: (node: ast.Node) => Eval,
): Store {
  if (left.type !== 'VariableDeclaration') throw new Beyond('a loop over something that was declared before');
  const pattern = left.declarations[0]?.id;
  if (pattern === undefined) throw unknownNode(left);
  if (left.kind !== 'var') declareNames(left, scope);
  return compilePattern(pattern, scope, site, compile, initialize);
}

function namesOf(value: Value): readonly string[] {
  if (value === undefined || value === null) return [];
  if (isPlainObject(value) || isList(value)) return Object.keys(value);
  throw new Beyond('names of no data');
}

export function whileLoop(
  node: ast.WhileStatement | ast.DoWhileStatement,
  scope: Scope,
  site: Site,
  compile: (node: ast.Node) => Eval,
): Execute {
  const before = site.nodes;
  const test = compile(node.test);
  const body = compileStatement(node.body, scope, site);
  const cost = site.nodes - before + 1;
  const testsFirst = node.type === 'WhileStatement';
  return (frame) => {
    const { run } = frame;
    run.completion = undefined;
    for (let first = true; (first && !testsFirst) || isTruthy(test(frame)); first = false) {
      run.spend(cost);
      const completion = body(frame);
      if (completion?.kind === 'return') return completion;
      if (completion?.kind === 'break') return undefined;
    }
    return undefined;
  };
}
