import type * as ast from 'acorn';
import { Beyond } from './run.ts';
import type { Scope } from './scope.ts';
import { unknownNode } from './site.ts';

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

/** Declares the names of a `let` or `const`. */
export function declareNames({ declarations, kind }: ast.VariableDeclaration, scope: Scope): void {
  for (const { id } of declarations) declareIn(id, scope, kind === 'const' ? 'const' : 'let');
}

/** `var` belongs to the function, wherever it stands. */
export function declareVars(node: ast.Statement | ast.VariableDeclaration | null | undefined, scope: Scope): void {
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

/** Whether a block needs a scope of its own because of this statement. */
export const declaresInBlock = (node: ast.Node): boolean =>
  node.type === 'FunctionDeclaration' ||
  (node.type === 'VariableDeclaration' && (node as ast.VariableDeclaration).kind !== 'var');
