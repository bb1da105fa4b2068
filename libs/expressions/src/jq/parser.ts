import { Cursor, unexpectedToken } from './cursor.ts';
import { tokenize, type Token } from './lexer.ts';
import { combine, levels } from './operators.ts';
import { parsePattern } from './pattern.ts';
import { JqSyntaxError, type Ast, type Definition, type Pattern, type Step } from './syntax.ts';

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

/** Operators that a term may begin with. */
const openings = new Set(['.', '..', '(', '[', '{']);

export class Parser extends Cursor {
  #depth: number;

  constructor(tokens: readonly Token[], depth = 0) {
    super(tokens);
    this.#depth = depth;
  }

  program(): Ast {
    if (this.peek().kind === 'end') return { is: 'identity' };
    const program = this.pipe();
    if (this.peek().kind !== 'end') throw this.unexpected();
    return program;
  }

  pipe(): Ast {
    if (++this.#depth > nestingMax) throw new JqSyntaxError('beyond: deep nesting');
    const parsed = this.#pipe();
    this.#depth--;
    return parsed;
  }

  #pipe(): Ast {
    if (this.accept('def')) return this.#defined();
    if (this.accept('label')) return this.#labelled();
    return this.#binary(0);
  }

  #defined(): Ast {
    const def = this.#definition();
    return { is: 'def', def, body: this.pipe() };
  }

  #labelled(): Ast {
    const name = this.variable();
    this.expect('|');
    return { is: 'label', name, body: this.pipe() };
  }

  #binary(level: number): Ast {
    const rule = levels[level];
    if (rule === undefined) return this.#bound();
    let left = this.#binary(level + 1);
    for (;;) {
      const operator = this.#operatorOf(rule.operators);
      if (operator === undefined) return left;
      this.take();
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
    const token = this.peek();
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
    if (++this.#depth > nestingMax) throw new JqSyntaxError('beyond: deep nesting');
    let term = this.#primary();
    for (;;) {
      const next = this.#suffix(term);
      if (next === undefined) break;
      term = next;
    }
    this.#depth--;
    return term;
  }

  /** A `?` behind what a suffix leads to is about that step alone; behind anything else, about all of it. */
  #suffix(of: Ast): Ast | undefined {
    if (this.accept('?')) return { is: 'try', body: of, handler: undefined };
    const step = this.#step(of);
    return step === undefined || !this.accept('?') ? step : { ...step, optional: true };
  }

  #step(of: Ast): Step | undefined {
    const token = this.peek();
    if (token.kind === 'field') {
      this.take();
      return { is: 'index', of, key: { is: 'literal', value: token.text } };
    }
    if (this.isNext('[')) return this.#bracket(of);
    if (!this.isNext('.')) return undefined;
    const after = this.peek(1);
    const isBracket = after.kind === 'operator' && after.text === '[';
    if (after.kind !== 'string' && !isBracket) return undefined;
    this.take();
    return isBracket ? this.#bracket(of) : { is: 'index', of, key: this.#string('text') };
  }

  #bracket(of: Ast): Step {
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
    const token = this.peek();
    if (token.kind === 'string') return this.#string('text');
    if (token.kind === 'end') throw this.unexpected();
    // The first step of a path has nothing in front.
    if (token.kind === 'field') return this.#suffix({ is: 'identity' }) ?? { is: 'identity' };
    if (token.kind === 'operator') return this.#operator(token.text);
    this.take();
    switch (token.kind) {
      case 'number':
        return { is: 'literal', value: token.value };
      case 'format':
        return this.peek().kind === 'string' ? this.#string(token.text) : { is: 'format', format: token.text };
      case 'variable':
        return { is: 'variable', name: token.text };
      case 'word':
        return this.#word(token);
    }
  }

  #operator(text: string): Ast {
    if (text === '.' && this.peek(1).kind === 'string') return this.#suffix({ is: 'identity' }) ?? { is: 'identity' };
    if (!openings.has(text)) throw this.unexpected();
    this.take();
    switch (text) {
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
        return { is: 'identity' };
    }
  }

  #word({ text, at }: { readonly text: string; readonly at: number }): Ast {
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
        if (this.peek().kind === 'variable') return { is: 'break', name: this.variable() };
        break;
      case 'def':
        return this.#defined();
      case 'label':
        return this.#labelled();
      case 'null':
        return { is: 'literal', value: null };
      case 'true':
      case 'false':
        return { is: 'literal', value: text === 'true' };
      default:
    }
    if (keywords.has(text)) throw unexpectedToken(text, at);
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
        const token = this.peek();
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
      entries.push(this.#entry());
      if (!this.isNext('}')) this.expect(',');
    }
    return { is: 'object', entries };
  }

  #entry(): [Ast, Ast] {
    const token = this.peek();
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
    const token = this.peek();
    if (token.kind === 'word') return { is: 'literal', value: this.word() };
    if (token.kind === 'number') throw new JqSyntaxError('beyond: numbers as keys');
    if (token.kind === 'string') return this.#string('text');
    if (token.kind === 'format') {
      this.take();
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
    const token = this.peek();
    if (token.kind !== 'string') throw this.unexpected();
    this.take();
    const parts = token.parts.map((part) =>
      typeof part === 'string' ? part : new Parser(part, this.#depth).program(),
    );
    const [only] = parts;
    if (parts.length === 1 && typeof only === 'string') return { is: 'literal', value: only };
    return { is: 'string', format, parts };
  }
}

/** @throws JqSyntaxError whose message begins with `beyond: ` where only jq itself can tell. */
export function parseJq(source: string): Ast {
  return new Parser(tokenize(source)).program();
}
