import { isJsonObject, type Json } from '@partitura/model';
import { Budget, renderLimits, RenderLimitExceeded } from './budget.ts';
import type { Scope } from './scope.ts';
import { compileSpan, compileText, type Report } from './span.ts';
import { piecesOf, unescaped } from './span-text.ts';

/** A JSON value whose string values may hold `${…}`, compiled once and rendered often. */
export interface Template {
  /** Rendering gives the same value whatever the scope. */
  readonly isConstant: boolean;
  /** Constructs that Conductor would evaluate and we answer with null, in words for the author of the definition. */
  readonly unsupported: readonly string[];
  /**
   * The value with everything put in. Values are shared with the scope, not copied: do not change them.
   * Throws {@link RenderLimitExceeded} when it would cost or yield more than `renderLimits` allow.
   */
  render(scope: Scope): Json;
}

type Render = (scope: Scope, budget: Budget) => Json;
/** A constant value or the way to compute one. */
type Node = { readonly constant: Json } | { readonly render: Render };

/** Throws {@link RenderLimitExceeded} for a value nested deeper than `renderLimits.depth`. */
export function compileTemplate(value: Json): Template {
  const unsupported: string[] = [];
  const node = compile(value, (problem) => unsupported.push(problem), 0);
  if ('constant' in node) return { isConstant: true, unsupported, render: () => node.constant };
  return { isConstant: false, unsupported, render: (scope) => node.render(scope, new Budget()) };
}

function compile(value: Json, report: Report, depth: number): Node {
  if (depth > renderLimits.depth) {
    throw new RenderLimitExceeded(`a template is nested deeper than ${renderLimits.depth} levels`);
  }
  if (typeof value === 'string') return compileString(value, report);
  if (Array.isArray(value)) return compileList(value as readonly Json[], report, depth);
  if (isJsonObject(value)) return compileObject(value, report, depth);
  return { constant: value };
}

function compileString(text: string, report: Report): Node {
  const pieces = piecesOf(text);
  const [first] = pieces;
  if (pieces.every((piece) => typeof piece === 'string')) return { constant: unescaped(text) };
  if (pieces.length === 1 && typeof first === 'object') {
    const span = compileSpan(first, report);
    return { render: (scope, budget) => span.value(scope, budget) };
  }
  return { render: compileText(pieces, report) };
}

function compileList(list: readonly Json[], report: Report, depth: number): Node {
  const nodes = list.map((element) => compile(element, report, depth + 1));
  if (nodes.every((node) => 'constant' in node)) return { constant: nodes.map((node) => node.constant) };
  return { render: (scope, budget) => nodes.map((node) => rendered(node, scope, budget)) };
}

function compileObject(object: Readonly<Record<string, Json>>, report: Report, depth: number): Node {
  const members = Object.entries(object).map(([key, value]) => [key, compile(value, report, depth + 1)] as const);
  if (members.every(([, node]) => 'constant' in node)) {
    return { constant: objectOf(members, (node) => ('constant' in node ? node.constant : null)) };
  }
  return { render: (scope, budget) => objectOf(members, (node) => rendered(node, scope, budget)) };
}

function objectOf(members: readonly (readonly [string, Node])[], valueOf: (node: Node) => Json): Json {
  const object: Record<string, Json> = {};
  for (const [key, node] of members) {
    const value = valueOf(node);
    if (key === '__proto__') define(object, key, value);
    else object[key] = value;
  }
  return object;
}

/** An own member even where assigning would change the prototype. */
function define(object: object, key: string, value: Json): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

function rendered(node: Node, scope: Scope, budget: Budget): Json {
  return 'constant' in node ? node.constant : node.render(scope, budget);
}
