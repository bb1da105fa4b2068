/** A jq program as a tree. Names follow the jq manual. */
export type Ast =
  | { readonly is: 'identity' }
  | { readonly is: 'recurse' }
  | { readonly is: 'literal'; readonly value: null | boolean | number | string }
  /** Text with interpolated programs; `format` is how those are written (`text` for none). */
  | { readonly is: 'string'; readonly format: string; readonly parts: readonly (string | Ast)[] }
  | { readonly is: 'format'; readonly format: string }
  | { readonly is: 'variable'; readonly name: string }
  | Step
  | { readonly is: 'array'; readonly items: Ast | undefined }
  | { readonly is: 'object'; readonly entries: readonly (readonly [Ast, Ast])[] }
  | { readonly is: 'negate'; readonly of: Ast }
  | { readonly is: 'pipe' | 'comma' | 'alternative' | 'and' | 'or'; readonly left: Ast; readonly right: Ast }
  | { readonly is: 'operate'; readonly operator: Operator; readonly left: Ast; readonly right: Ast }
  /** `=`, `|=`, `//=` and the arithmetic ones. */
  | { readonly is: 'assign'; readonly operator: string; readonly left: Ast; readonly right: Ast }
  | { readonly is: 'if'; readonly test: Ast; readonly then: Ast; readonly otherwise: Ast | undefined }
  | { readonly is: 'try'; readonly body: Ast; readonly handler: Ast | undefined }
  | { readonly is: 'reduce'; readonly source: Ast; readonly pattern: Pattern; readonly init: Ast; readonly update: Ast }
  | {
      readonly is: 'foreach';
      readonly source: Ast;
      readonly pattern: Pattern;
      readonly init: Ast;
      readonly update: Ast;
      readonly extract: Ast | undefined;
    }
  | { readonly is: 'as'; readonly source: Ast; readonly pattern: Pattern; readonly body: Ast }
  | { readonly is: 'label'; readonly name: string; readonly body: Ast }
  | { readonly is: 'break'; readonly name: string }
  | { readonly is: 'def'; readonly def: Definition; readonly body: Ast }
  | { readonly is: 'call'; readonly name: string; readonly args: readonly Ast[] };

/** One step of a path; an optional one gives nothing where it cannot be taken. */
export type Step = { readonly of: Ast; readonly optional?: boolean } & (
  | { readonly is: 'index'; readonly key: Ast }
  | { readonly is: 'slice'; readonly from: Ast | undefined; readonly to: Ast | undefined }
  | { readonly is: 'each' }
);

export type Operator = '+' | '-' | '*' | '/' | '%' | '==' | '!=' | '<' | '<=' | '>' | '>=';

export type Pattern =
  | { readonly is: 'name'; readonly name: string }
  | { readonly is: 'list'; readonly items: readonly Pattern[] }
  /** Each: an optional variable for the member itself, its key, what its value is taken apart into. */
  | { readonly is: 'members'; readonly members: readonly PatternMember[] };

export interface PatternMember {
  readonly variable?: string;
  readonly key: Ast;
  readonly pattern?: Pattern;
}

export interface Definition {
  readonly name: string;
  /** With `$` in front where the value is meant. */
  readonly params: readonly string[];
  readonly body: Ast;
}

/** The program cannot be read. */
export class JqSyntaxError extends Error {}
