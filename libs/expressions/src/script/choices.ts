import type * as ast from 'acorn';
import { compilePattern } from './assignment.ts';
import { declareIn } from './declare.ts';
import { compileExpression } from './expression.ts';
import { initialize } from './function.ts';
import { Beyond, Thrown } from './run.ts';
import { Scope, type Frame } from './scope.ts';
import { unknownNode, type Eval, type Site } from './site.ts';
import { block, compileList, compileStatement, type Execute } from './statement.ts';
import { isTruthy, strictlyEqual } from './values.ts';

/** What the host spends on throwing and catching once. */
const throwSteps = 200;

export function branch(node: ast.IfStatement, scope: Scope, site: Site, compile: (node: ast.Node) => Eval): Execute {
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

export function switchStatement(
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

export function tryStatement(node: ast.TryStatement, scope: Scope, site: Site): Execute {
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
