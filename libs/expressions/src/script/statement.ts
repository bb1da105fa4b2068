import type * as ast from 'acorn';
import { compilePattern, type Store } from './assignment.ts';
import { branch, switchStatement, tryStatement } from './choices.ts';
import { declareIn, declareNames, declareVars, declaresInBlock } from './declare.ts';
import { compileExpression } from './expression.ts';
import { compileFunction, initialize } from './function.ts';
import { forEach, forLoop, whileLoop } from './loops.ts';
import { Beyond, Thrown } from './run.ts';
import { Scope, type Frame } from './scope.ts';
import { unknownNode, type Eval, type Site } from './site.ts';
import type { Value } from './values.ts';

/** How a statement ended; undefined: normally. */
export type Completion =
  undefined | { readonly kind: 'return'; readonly value: Value } | { readonly kind: 'break' | 'continue' };
export type Execute = (frame: Frame) => Completion;

const broke: Completion = { kind: 'break' };
const continued: Completion = { kind: 'continue' };

/** Statements of the program, or of a function: what they declare is known from the start. */
export function compileBody(statements: readonly ast.Node[], scope: Scope, site: Site): Execute {
  for (const statement of statements) declareVars(statement as ast.Statement, scope);
  return compileList(statements, scope, site, true);
}

/** The statements of a scope that exists already. */
export function compileList(nodes: readonly ast.Node[], scope: Scope, site: Site, top: boolean): Execute {
  const functions: { readonly store: Store; readonly make: Eval }[] = [];
  const declared = nodes as readonly ast.Statement[];
  for (const node of declared) {
    if (node.type === 'VariableDeclaration' && node.kind !== 'var') declareNames(node, scope);
    if (node.type === 'FunctionDeclaration') {
      if (!top) throw new Beyond('functions declared inside blocks');
      declareIn(node.id, scope, 'var');
    }
  }
  for (const node of declared)
    if (node.type === 'FunctionDeclaration')
      functions.push({
        store: initialize(node.id.name, scope),
        make: site.within(() => compileFunction(node, scope, site)),
      });
  const all = declared
    .filter(({ type }) => type !== 'FunctionDeclaration' && type !== 'EmptyStatement')
    .map((node) => compileStatement(node, scope, site));
  const [only, second] = all;
  if (functions.length === 0 && only !== undefined && second === undefined) return only;
  return (frame) => {
    for (const { store, make } of functions) store(frame, make(frame));
    for (const execute of all) {
      const completion = execute(frame);
      if (completion !== undefined) return completion;
    }
    return undefined;
  };
}

export function compileStatement(node: ast.Statement, scope: Scope, site: Site): Execute {
  return site.within(() => {
    const compile = (inner: ast.Node): Eval => compileExpression(inner, scope, site);
    switch (node.type) {
      case 'ExpressionStatement':
        return expressionStatement(node, scope, compile);
      case 'VariableDeclaration':
        return declaration(node, scope, site, compile);
      case 'ReturnStatement': {
        if (node.argument === null || node.argument === undefined) return () => ({ kind: 'return', value: undefined });
        const value = compile(node.argument);
        return (frame) => ({ kind: 'return', value: value(frame) });
      }
      case 'IfStatement':
        return branch(node, scope, site, compile);
      case 'BlockStatement':
        return block(node.body, scope, site);
      case 'EmptyStatement':
        return () => undefined;
      case 'ForStatement':
        return forLoop(node, scope, site);
      case 'ForOfStatement':
      case 'ForInStatement':
        return forEach(node, scope, site, compile);
      case 'WhileStatement':
      case 'DoWhileStatement':
        return whileLoop(node, scope, site, compile);
      case 'BreakStatement':
        if (node.label !== null && node.label !== undefined) throw new Beyond('labels');
        return () => broke;
      case 'ContinueStatement':
        if (node.label !== null && node.label !== undefined) throw new Beyond('labels');
        return () => continued;
      case 'SwitchStatement':
        return switchStatement(node, scope, site, compile);
      case 'ThrowStatement': {
        const value = compile(node.argument);
        return (frame) => {
          throw new Thrown(value(frame), true);
        };
      }
      case 'TryStatement':
        return tryStatement(node, scope, site);
      default:
        throw unknownNode(node);
    }
  });
}

function expressionStatement(node: ast.ExpressionStatement, scope: Scope, compile: (node: ast.Node) => Eval): Execute {
  const value = compile(node.expression);
  const line = node.loc?.start.line;
  let outside: Scope | undefined = scope;
  while (outside?.kind === 'block') outside = outside.outer;
  const isProgram = outside?.kind === 'program';
  return (frame) => {
    frame.run.line = line;
    const result = value(frame);
    if (isProgram) frame.run.completion = result;
    return undefined;
  };
}

export function declaration(
  node: ast.VariableDeclaration,
  scope: Scope,
  site: Site,
  compile: (node: ast.Node) => Eval,
): Execute {
  const parts = node.declarations.flatMap(({ id, init }) => {
    if ((init === null || init === undefined) && node.kind === 'var') return [];
    const value: Eval = init === null || init === undefined ? () => undefined : compile(init);
    return [{ value, store: compilePattern(id, scope, site, compile, initialize) }];
  });
  const line = node.loc?.start.line;
  return (frame) => {
    frame.run.line = line;
    for (const { value, store } of parts) store(frame, value(frame));
    return undefined;
  };
}

/** A block has a frame of its own only if it declares something. */
export function block(nodes: readonly ast.Node[], outer: Scope, site: Site): Execute {
  if (!nodes.some(declaresInBlock)) return compileList(nodes, outer, site, false);
  const scope = new Scope('block', outer);
  const execute = compileList(nodes, scope, site, false);
  return (frame) => execute({ slots: scope.initial(), outer: frame, run: frame.run });
}
