import type { Json } from '@partitura/model';
import { isJsonObject } from '@partitura/model';
import type { Budget } from './budget.ts';
import { doubleText, textOf } from './java-text.ts';
import { parsePath } from './path/parse.ts';
import { InvalidPath, type Path } from './path/path.ts';
import { elementOf, memberOf, read, type Surround } from './path/select.ts';
import { isHidden, materialised, opened, wholeDocument, type Scope } from './scope.ts';
import { unescaped, type Piece, type SpanText } from './span-text.ts';

/** One `${…}`, ready to be looked up. */
export interface Span {
  value(scope: Scope, budget: Budget): Json;
  /** The value as text within a longer string. */
  text(scope: Scope, budget: Budget): string;
}

/** Receives what Conductor would evaluate and we do not. */
export type Report = (problem: string) => void;

/** Compiles a span. One whose path contains spans has its path compiled when it is rendered. */
export function compileSpan(source: SpanText, report: Report): Span {
  const [only] = source.inner;
  if (source.inner.length === 1 && typeof only === 'string') return spanOfPath(only, source.raw, report);
  const path = compileText(source.inner, report);
  const render = (scope: Scope, budget: Budget): Span => spanOfPath(path(scope, budget), source.raw, ignore);
  return {
    value: (scope, budget) => render(scope, budget).value(scope, budget),
    text: (scope, budget) => render(scope, budget).text(scope, budget),
  };
}

/** Compiles text with at least one span to a function that splices. */
export function compileText(pieces: readonly Piece[], report: Report): (scope: Scope, budget: Budget) => string {
  const parts = pieces.map((piece) => (typeof piece === 'string' ? piece : compileSpan(piece, report)));
  return (scope, budget) => {
    let text = '';
    for (const part of parts) {
      if (typeof part === 'string') {
        budget.write(part.length);
        text += part;
      } else {
        text += part.text(scope, budget);
      }
    }
    return unescaped(text);
  };
}

function ignore(): void {
  // A path that data made is not a fault of the definition.
}

function spanOfPath(path: string, raw: string, report: Report): Span {
  if (path.trim() === '') return spanOf(() => '');
  if (path.startsWith('workflow.secrets.')) return spanOf(() => raw);
  if (path.startsWith('workflow.env.')) return environmentSpan(path.slice('workflow.env.'.length));
  if (path === 'CPEWF_TASK_ID' || path === 'NETFLIX_ENV' || path === 'NETFLIX_STACK') {
    return spanOf((scope) => {
      const value = scope.resolve(path);
      return typeof value === 'string' ? value : raw;
    });
  }
  try {
    return spanOfParsed(parsePath(path));
  } catch (error) {
    if (!(error instanceof InvalidPath)) throw error;
    if (error.unsupported) report(`${raw}: ${error.message}`);
    return spanOf(() => null);
  }
}

function spanOf(value: Span['value']): Span {
  return { value, text: (scope, budget) => textOf(value(scope, budget), budget) };
}

function spanOfParsed(path: Path): Span {
  const plain = plainSteps(path);
  if (plain) return spanOf((scope) => walk(scope, plain.root, plain.steps));
  const value: Span['value'] = (scope, budget) => {
    const surround: Surround = { budget, fromRoot: (inner) => readFromRoot(inner, scope, surround) };
    return readFromRoot(path, scope, surround) ?? null;
  };
  if (!path.apply?.double) return spanOf(value);
  return {
    value,
    text: (scope, budget) => {
      const number = value(scope, budget);
      return typeof number === 'number' ? doubleText(number) : textOf(number, budget);
    },
  };
}

/** The common case: a root and then only names and indexes. */
function plainSteps(path: Path): { readonly root: string; readonly steps: readonly (string | number)[] } | undefined {
  const [first, ...rest] = path.segments;
  if (first?.kind !== 'member' || path.apply) return undefined;
  const steps: (string | number)[] = [];
  for (const segment of rest) {
    if (segment.kind === 'member') steps.push(segment.name);
    else if (segment.kind === 'index') steps.push(segment.index);
    else return undefined;
  }
  return { root: first.name, steps };
}

function walk(scope: Scope, root: string, steps: readonly (string | number)[]): Json {
  if (isHidden(root)) return null;
  let value = opened(scope.resolve(root));
  if (steps.length === 0) return materialised(value) ?? null;
  for (const step of steps) {
    value = typeof step === 'string' ? memberOf(value, step) : elementOf(value, step);
    if (value === undefined) return null;
  }
  return value as Json;
}

function readFromRoot(path: Path, scope: Scope, surround: Surround): Json | undefined {
  const [first, second] = path.segments;
  if (first?.kind !== 'member') return read(path, wholeDocument(scope), surround);
  const root = isHidden(first.name) ? undefined : opened(scope.resolve(first.name));
  const start = second?.kind === 'member' || second?.kind === 'pick' ? root : materialised(root);
  return read({ ...path, segments: path.segments.slice(1) }, start, surround);
}

/** `NAME` is the variable's text; `NAME.path` looks into it as JSON. */
function environmentSpan(path: string): Span {
  const { name, rest } = splitAtDot(path.trimEnd());
  return spanOf((scope, budget) => {
    const variables = scope.resolve('workflow.env');
    const text = memberOf(variables, name);
    if (typeof text !== 'string') return null;
    return rest === undefined ? text : readFromJson(text, rest, budget);
  });
}

/** `NAME.path` → `NAME` and `path`. */
export function splitAtDot(path: string): { readonly name: string; readonly rest?: string } {
  const dot = path.indexOf('.');
  return dot === -1 ? { name: path } : { name: path.slice(0, dot), rest: path.slice(dot + 1) };
}

/** A path into a text that holds JSON; null where it does not, or where the path leads nowhere. */
export function readFromJson(text: string, path: string, budget: Budget): Json {
  try {
    const document = JSON.parse(text) as Json;
    if (!isJsonObject(document) && !Array.isArray(document)) return null;
    const surround: Surround = { budget, fromRoot: (inner) => read(inner, document, surround) };
    return read(parsePath(path), document, surround) ?? null;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof InvalidPath) return null;
    throw error;
  }
}
