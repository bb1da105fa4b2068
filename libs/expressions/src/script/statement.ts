import type * as ast from 'acorn';
import { compilePattern, type Store } from './assignment.ts';
import { compileExpression, iterate } from './expression.ts';
import { compileFunction, initialize } from './function.ts';
import { Beyond, Thrown } from './run.ts';
import { Scope, type Frame } from './scope.ts';
import { unknownNode, type Eval, type Site } from './site.ts';
import { isPlainObject, isList, isTruthy, strictlyEqual, type Value } from './values.ts';

/** How a statement ended; undefined: normally. */
export type Completion =
  undefined | { readonly kind: 'return'; readonly value: Value } | { readonly kind: 'break' | 'continue' };
export type Execute = (frame: Frame) => Completion;

/** What the host spends on throwing and catching once. */
const throwSteps = 200;

const broke: Completion = { kind: 'break' };
const continued: Completion = { kind: 'continue' };

/** Statements of the program, or of a function: what they declare is known from the start. */
export function compileBody(statements: readonly ast.Node[], scope: Scope, site: Site): Execute {
  for (const statement of statements) declareVars(statement as ast.Statement, scope);
  return compileList(statements, scope, site, true);
}

/** Declares what a `let`, `const`, parameter or function names. */
export function declareIn(pattern: ast.Node, scope: Scope, as: 'var' | 'let' | 'const'): void {
  switch (pattern.type) {
    case 'Identifier': {
      const { name } = pattern as ast.Identifier;
      if (name === 'arguments' || name === 'eval') throw new Beyond(`a variable ${name}`);
      scope.declare(name, as);
      return;
    }
    case 'AssignmentPattern':
      declareIn((pattern as ast.AssignmentPattern).left, scope, as);
      return;
    case 'RestElement':
      declareIn((pattern as ast.RestElement).argument, scope, as);
      return;
    case 'ArrayPattern':
      for (const element of (pattern as ast.ArrayPattern).elements) if (element !== null) declareIn(element, scope, as);
      return;
    case 'ObjectPattern':
      for (const property of (pattern as ast.ObjectPattern).properties)
        declareIn(property.type === 'RestElement' ? property.argument : property.value, scope, as);
      return;
    default:
      throw unknownNode(pattern);
  }
}

/** `var` belongs to the function, wherever it stands. */
function declareVars(node: ast.Statement | ast.VariableDeclaration | null | undefined, scope: Scope): void {
  switch (node?.type) {
    case 'VariableDeclaration':
      if (node.kind === 'var') for (const { id } of node.declarations) declareIn(id, scope, 'var');
      return;
    case 'BlockStatement':
      for (const inner of node.body) declareVars(inner, scope);
      return;
    case 'IfStatement':
      declareVars(node.consequent, scope);
      declareVars(node.alternate, scope);
      return;
    case 'ForStatement':
      if (node.init?.type === 'VariableDeclaration') declareVars(node.init, scope);
      declareVars(node.body, scope);
      return;
    case 'ForOfStatement':
    case 'ForInStatement':
      if (node.left.type === 'VariableDeclaration') declareVars(node.left, scope);
      declareVars(node.body, scope);
      return;
    case 'WhileStatement':
    case 'DoWhileStatement':
      declareVars(node.body, scope);
      return;
    case 'SwitchStatement':
      for (const { consequent } of node.cases) for (const inner of consequent) declareVars(inner, scope);
      return;
    case 'TryStatement':
      declareVars(node.block, scope);
      declareVars(node.handler?.body, scope);
      declareVars(node.finalizer, scope);
      return;
    default:
  }
}

/** The statements of a scope that exists already. */
function compileList(nodes: readonly ast.Node[], scope: Scope, site: Site, top: boolean): Execute {
  const functions: { readonly store: Store; readonly make: Eval }[] = [];
  const declared = nodes as readonly ast.Statement[];
  for (const node of declared) {
    if (node.type === 'VariableDeclaration' && node.kind !== 'var')
      for (const { id } of node.declarations) declareIn(id, scope, node.kind === 'const' ? 'const' : 'let');
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

function compileStatement(node: ast.Statement, scope: Scope, site: Site): Execute {
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

function declaration(
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

function branch(node: ast.IfStatement, scope: Scope, site: Site, compile: (node: ast.Node) => Eval): Execute {
  const test = compile(node.test);
  const yes = compileStatement(node.consequent, scope, site);
  const no =
    node.alternate === null || node.alternate === undefined ? undefined : compileStatement(node.alternate, scope, site);
  const line = node.loc?.start.line;
  return (frame) => {
    frame.run.line = line;
    const result = isTruthy(test(frame));
    frame.run.completion = undefined;
    return result ? yes(frame) : no?.(frame);
  };
}

const declaresInBlock = (node: ast.Node): boolean =>
  node.type === 'FunctionDeclaration' ||
  (node.type === 'VariableDeclaration' && (node as ast.VariableDeclaration).kind !== 'var');

/** A block has a frame of its own only if it declares something. */
function block(nodes: readonly ast.Node[], outer: Scope, site: Site): Execute {
  if (!nodes.some(declaresInBlock)) return compileList(nodes, outer, site, false);
  const scope = new Scope('block', outer);
  const execute = compileList(nodes, scope, site, false);
  return (frame) => execute({ slots: scope.initial(), outer: frame, run: frame.run });
}

function forLoop(node: ast.ForStatement, outer: Scope, site: Site): Execute {
  const scope = new Scope('block', outer);
  const { init } = node;
  const perIteration = init?.type === 'VariableDeclaration' && init.kind !== 'var';
  if (init?.type === 'VariableDeclaration' && init.kind !== 'var')
    for (const { id } of init.declarations) declareIn(id, scope, init.kind === 'const' ? 'const' : 'let');
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

function forEach(
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
  if (left.kind !== 'var') declareIn(pattern, scope, left.kind === 'const' ? 'const' : 'let');
  return compilePattern(pattern, scope, site, compile, initialize);
}

function namesOf(value: Value): readonly string[] {
  if (value === undefined || value === null) return [];
  if (isPlainObject(value) || isList(value)) return Object.keys(value);
  throw new Beyond('names of no data');
}

function whileLoop(
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

function switchStatement(
  node: ast.SwitchStatement,
  outer: Scope,
  site: Site,
  compileOutside: (node: ast.Node) => Eval,
): Execute {
  const value = compileOutside(node.discriminant);
  const scope = new Scope('block', outer);
  const compile = (inner: ast.Node): Eval => compileExpression(inner, scope, site);
  for (const { consequent } of node.cases)
    if (consequent.some((one) => one.type === 'VariableDeclaration' && one.kind !== 'var'))
      throw new Beyond('declarations in cases');
  const cases = node.cases.map(({ test, consequent }) => ({
    test: test === null || test === undefined ? undefined : compile(test),
    execute: compileList(consequent, scope, site, false),
  }));
  const otherwise = cases.findIndex(({ test }) => test === undefined);
  return (frame) => {
    const { run } = frame;
    const subject = value(frame);
    const inner: Frame = { slots: scope.initial(), outer: frame, run };
    run.completion = undefined;
    const matching = cases.findIndex(({ test }) => test !== undefined && strictlyEqual(run, subject, test(inner)));
    const from = matching >= 0 ? matching : otherwise;
    if (from < 0) return undefined;
    for (const { execute } of cases.slice(from)) {
      const completion = execute(inner);
      if (completion?.kind === 'break') return undefined;
      if (completion !== undefined) return completion;
    }
    return undefined;
  };
}

function tryStatement(node: ast.TryStatement, scope: Scope, site: Site): Execute {
  if (node.finalizer !== null && node.finalizer !== undefined) throw new Beyond('finally');
  const attempt = block(node.block.body, scope, site);
  const { handler } = node;
  if (handler === null || handler === undefined) throw unknownNode(node);
  const inside = new Scope('block', scope);
  const compile = (inner: ast.Node): Eval => compileExpression(inner, inside, site);
  if (handler.param !== null && handler.param !== undefined) declareIn(handler.param, inside, 'let');
  const store =
    handler.param === null || handler.param === undefined
      ? undefined
      : compilePattern(handler.param, inside, site, compile, initialize);
  const rescue = block(handler.body.body, inside, site);
  return (frame) => {
    const { run } = frame;
    const { depth } = run;
    run.completion = undefined;
    try {
      return attempt(frame);
    } catch (error) {
      if (!(error instanceof Thrown)) throw error;
      run.spend(throwSteps);
      run.depth = depth;
      run.completion = undefined;
      const inner: Frame = { slots: inside.initial(), outer: frame, run };
      store?.(inner, error.value);
      return rescue(inner);
    }
  };
}
