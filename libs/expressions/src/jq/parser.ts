import { tokenize, type Token } from './lexer.ts';
import { parsePattern } from './pattern.ts';
import { JqSyntaxError, type Ast, type Definition, type Operator, type Pattern } from './syntax.ts';

/** Nesting of a program; keeps the host's stack far from its end. */
const nestingMax = 150;

const keywords = new Set([
  'def',
  'module',
  'import',
  'include',
  'if',
  'then',
  'else',
  'elif',
  'end',
  'as',
  'reduce',
  'foreach',
  'try',
  'catch',
  'label',
  'and',
  'or',
  '__loc__',
]);

/** Operators that bind their operands, weakest first; those of one line bind alike. */
const levels: readonly { readonly operators: readonly string[]; readonly group: 'left' | 'right' | 'none' }[] = [
  { operators: ['|'], group: 'right' },
  { operators: [','], group: 'left' },
  { operators: ['//'], group: 'right' },
  { operators: ['=', '|=', '+=', '-=', '*=', '/=', '%=', '//='], group: 'none' },
  { operators: ['or'], group: 'left' },
  { operators: ['and'], group: 'left' },
  { operators: ['==', '!=', '<', '<=', '>', '>='], group: 'none' },
  { operators: ['+', '-'], group: 'left' },
  { operators: ['*', '/', '%'], group: 'left' },
];

export class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth: number;

  constructor(tokens: readonly Token[], depth = 0) {
    this.#tokens = tokens;
    this.#depth = depth;
  }

  program(): Ast {
    if (this.#peek().kind === 'end') return { is: 'identity' };
    const program = this.pipe();
    if (this.#peek().kind !== 'end') throw this.unexpected();
    return program;
  }

  pipe(): Ast {
    if (++this.#depth > nestingMax) throw new JqSyntaxError('the program is nested too deeply');
    const parsed = this.#pipe();
    this.#depth--;
    return parsed;
  }

  #pipe(): Ast {
    if (this.accept('def')) {
      const def = this.#definition();
      return { is: 'def', def, body: this.pipe() };
    }
    if (this.accept('label')) {
      const name = this.variable();
      this.expect('|');
      return { is: 'label', name, body: this.pipe() };
    }
    return this.#binary(0);
  }

  #binary(level: number): Ast {
    const rule = levels[level];
    if (rule === undefined) return this.#bound();
    let left = this.#binary(level + 1);
    for (;;) {
      const operator = this.#operatorOf(rule.operators);
      if (operator === undefined) return left;
      this.#at++;
      // What follows a pipe may bind names for everything after it.
      const right =
        operator === '|' ? this.pipe() : rule.group === 'right' ? this.#binary(level) : this.#binary(level + 1);
      left = combine(operator, left, right);
      if (rule.group !== 'left') {
        if (rule.group === 'none' && this.#operatorOf(rule.operators) !== undefined) throw this.unexpected();
        return left;
      }
    }
  }

  #operatorOf(operators: readonly string[]): string | undefined {
    const token = this.#peek();
    if (token.kind !== 'operator' && token.kind !== 'word') return undefined;
    return operators.includes(token.text) ? token.text : undefined;
  }

  /** A term, perhaps with `as` after it: then everything that follows is its body. */
  #bound(): Ast {
    if (this.accept('-')) return { is: 'negate', of: this.#bound() };
    const term = this.term();
    if (!this.accept('as')) return term;
    const pattern = parsePattern(this);
    if (this.isNext('?')) throw new JqSyntaxError('beyond: alternatives of patterns');
    this.expect('|');
    return { is: 'as', source: term, pattern, body: this.pipe() };
  }

  term(): Ast {
    if (++this.#depth > nestingMax) throw new JqSyntaxError('the program is nested too deeply');
    let term = this.#primary();
    for (;;) {
      const next = this.#suffix(term);
      if (next === undefined) break;
      term = next;
    }
    this.#depth--;
    return term;
  }

  #suffix(of: Ast): Ast | undefined {
    const token = this.#peek();
    if (token.kind === 'field') {
      this.#at++;
      return { is: 'index', of, key: { is: 'literal', value: token.text } };
    }
    if (this.isNext('.')) {
      const after = this.#tokens[this.#at + 1];
      if (after?.kind === 'string') {
        this.#at++;
        return { is: 'index', of, key: this.#string('text') };
      }
      if (after?.kind === 'operator' && after.text === '[') {
        this.#at++;
        return this.#bracket(of);
      }
      return undefined;
    }
    if (this.isNext('[')) return this.#bracket(of);
    if (this.accept('?')) return { is: 'try', body: of, handler: undefined };
    return undefined;
  }

  #bracket(of: Ast): Ast {
    this.expect('[');
    if (this.accept(']')) return { is: 'each', of };
    if (this.accept(':')) {
      const to = this.pipe();
      this.expect(']');
      return { is: 'slice', of, from: undefined, to };
    }
    const key = this.pipe();
    if (this.accept(':')) {
      const to = this.isNext(']') ? undefined : this.pipe();
      this.expect(']');
      return { is: 'slice', of, from: key, to };
    }
    this.expect(']');
    return { is: 'index', of, key };
  }

  #primary(): Ast {
    const token = this.#peek();
    this.#at++;
    switch (token.kind) {
      case 'number':
        return { is: 'literal', value: token.value };
      case 'string':
        this.#at--;
        return this.#string('text');
      case 'format':
        return this.#peek().kind === 'string' ? this.#string(token.text) : { is: 'format', format: token.text };
      case 'field':
        return { is: 'index', of: { is: 'identity' }, key: { is: 'literal', value: token.text } };
      case 'variable':
        return { is: 'variable', name: token.text };
      case 'word':
        return this.#word(token.text);
      case 'operator':
        return this.#operator(token.text);
      case 'end':
        this.#at--;
        throw this.unexpected();
    }
  }

  #operator(text: string): Ast {
    switch (text) {
      case '.': {
        const next = this.#peek();
        if (next.kind === 'string') return { is: 'index', of: { is: 'identity' }, key: this.#string('text') };
        return { is: 'identity' };
      }
      case '..':
        return { is: 'recurse' };
      case '(': {
        const inner = this.pipe();
        this.expect(')');
        return inner;
      }
      case '[': {
        if (this.accept(']')) return { is: 'array', items: undefined };
        const items = this.pipe();
        this.expect(']');
        return { is: 'array', items };
      }
      case '{':
        return this.#object();
      default:
        this.#at--;
        throw this.unexpected();
    }
  }

  #word(text: string): Ast {
    switch (text) {
      case 'if':
        return this.#if();
      case 'try': {
        const body = this.#attempt();
        return { is: 'try', body, handler: this.accept('catch') ? this.#attempt() : undefined };
      }
      case 'reduce':
      case 'foreach':
        return this.#fold(text);
      case 'break':
        if (this.#peek().kind === 'variable') return { is: 'break', name: this.variable() };
        break;
      case 'def':
      case 'label':
        this.#at--;
        return this.pipe();
      case 'null':
        return { is: 'literal', value: null };
      case 'true':
      case 'false':
        return { is: 'literal', value: text === 'true' };
      default:
    }
    if (keywords.has(text)) {
      this.#at--;
      throw this.unexpected();
    }
    return { is: 'call', name: text, args: this.#arguments() };
  }

  /** `try` and `catch` take a term, not everything that follows. */
  #attempt(): Ast {
    if (this.accept('-')) return { is: 'negate', of: this.#attempt() };
    return this.term();
  }

  #arguments(): readonly Ast[] {
    if (!this.accept('(')) return [];
    const args = [this.pipe()];
    while (this.accept(';')) args.push(this.pipe());
    this.expect(')');
    return args;
  }

  #if(): Ast {
    const test = this.pipe();
    this.expect('then');
    const then = this.pipe();
    if (this.accept('elif')) return { is: 'if', test, then, otherwise: this.#if() };
    const otherwise = this.accept('else') ? this.pipe() : undefined;
    this.expect('end');
    return { is: 'if', test, then, otherwise };
  }

  #fold(is: 'reduce' | 'foreach'): Ast {
    const source = this.term();
    this.expect('as');
    const pattern: Pattern = parsePattern(this);
    this.expect('(');
    const init = this.pipe();
    this.expect(';');
    const update = this.pipe();
    const extract = is === 'foreach' && this.accept(';') ? this.pipe() : undefined;
    this.expect(')');
    return is === 'reduce' ? { is, source, pattern, init, update } : { is, source, pattern, init, update, extract };
  }

  #definition(): Definition {
    const name = this.word();
    const params: string[] = [];
    if (this.accept('(')) {
      do {
        const token = this.#peek();
        params.push(token.kind === 'variable' ? `$${this.variable()}` : this.word());
      } while (this.accept(';'));
      this.expect(')');
    }
    this.expect(':');
    const body = this.pipe();
    this.expect(';');
    return { name, params, body };
  }

  #object(): Ast {
    const entries: [Ast, Ast][] = [];
    while (!this.accept('}')) {
      if (entries.length > 0) this.expect(',');
      entries.push(this.#entry());
    }
    return { is: 'object', entries };
  }

  #entry(): [Ast, Ast] {
    const token = this.#peek();
    if (token.kind === 'variable') {
      const name = this.variable();
      if (name === '__loc__') throw new JqSyntaxError('beyond: $__loc__');
      return [
        { is: 'literal', value: name },
        { is: 'variable', name },
      ];
    }
    const key = this.key();
    if (this.accept(':')) return [key, this.#objectValue()];
    if (token.kind === 'operator') throw this.unexpected();
    return [key, { is: 'index', of: { is: 'identity' }, key }];
  }

  /** Of a member: a name, a text, or a program in parentheses. */
  key(): Ast {
    const token = this.#peek();
    if (token.kind === 'word') return { is: 'literal', value: this.#take().text };
    if (token.kind === 'number') throw new JqSyntaxError('beyond: numbers as keys');
    if (token.kind === 'string') return this.#string('text');
    if (token.kind === 'format') {
      this.#at++;
      return this.#string(token.text);
    }
    this.expect('(');
    const key = this.pipe();
    this.expect(')');
    return key;
  }

  /** Terms, joined by pipes only. */
  #objectValue(): Ast {
    let value: Ast = this.accept('-') ? { is: 'negate', of: this.term() } : this.term();
    while (this.accept('|')) value = { is: 'pipe', left: value, right: this.term() };
    return value;
  }

  #string(format: string): Ast {
    const token = this.#peek();
    if (token.kind !== 'string') throw this.unexpected();
    this.#at++;
    const parts = token.parts.map((part) =>
      typeof part === 'string' ? part : new Parser(part, this.#depth).program(),
    );
    const [only] = parts;
    if (parts.length === 1 && typeof only === 'string') return { is: 'literal', value: only };
    return { is: 'string', format, parts };
  }

  variable(): string {
    const token = this.#peek();
    if (token.kind !== 'variable') throw this.unexpected();
    this.#at++;
    return token.text;
  }

  word(): string {
    const token = this.#peek();
    if (token.kind !== 'word') throw this.unexpected();
    this.#at++;
    return token.text;
  }

  isNext(text: string): boolean {
    const token = this.#peek();
    return (token.kind === 'operator' || token.kind === 'word') && token.text === text;
  }

  isVariableNext(): boolean {
    return this.#peek().kind === 'variable';
  }

  accept(text: string): boolean {
    if (!this.isNext(text)) return false;
    this.#at++;
    return true;
  }

  expect(text: string): void {
    if (!this.accept(text)) throw this.unexpected();
  }

  unexpected(): JqSyntaxError {
    const token = this.#peek();
    if (token.kind === 'end') return new JqSyntaxError('syntax error, unexpected end of file');
    const shown = token.kind === 'number' ? String(token.value) : token.kind === 'string' ? 'a string' : token.text;
    return new JqSyntaxError(`syntax error, unexpected ${shown} at character ${token.at + 1}`);
  }

  #take(): { readonly text: string } {
    const token = this.#peek();
    this.#at++;
    return 'text' in token ? token : { text: '' };
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', at: 0 };
  }
}

function combine(operator: string, left: Ast, right: Ast): Ast {
  switch (operator) {
    case '|':
      return { is: 'pipe', left, right };
    case ',':
      return { is: 'comma', left, right };
    case '//':
      return { is: 'alternative', left, right };
    case 'and':
    case 'or':
      return { is: operator, left, right };
    default:
      if (/^(?:=|[|+\-*/%]=|\/\/=)$/.test(operator)) return { is: 'assign', operator, left, right };
      return { is: 'operate', operator: operator as Operator, left, right };
  }
}

/** @throws JqSyntaxError whose message begins with `beyond: ` where only jq itself can tell. */
export function parseJq(source: string): Ast {
  return new Parser(tokenize(source)).program();
}
