import { JqSyntaxError } from './syntax.ts';

export type Token =
  | { readonly kind: 'word' | 'field' | 'variable' | 'format' | 'operator'; readonly text: string; readonly at: number }
  | { readonly kind: 'number'; readonly value: number; readonly at: number }
  /** Pieces of text, and the tokens of what is interpolated between them. */
  | { readonly kind: 'string'; readonly parts: readonly (string | readonly Token[])[]; readonly at: number }
  | { readonly kind: 'end'; readonly at: number };

const space = /(?:\s|#[^\n]*)+/y;
const word = /[A-Za-z_]\w*(?:::[A-Za-z_]\w*)*/y;
const field = /\.([A-Za-z_]\w*)/y;
const variable = /\$\s*([A-Za-z_]\w*(?:::[A-Za-z_]\w*)*)/y;
const format = /@[A-Za-z0-9]+/y;
const number = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const operator = /\/\/=|\|=|\+=|-=|\*=|\/=|%=|==|!=|<=|>=|\/\/|\.\.|[.[\](){}|,:;=<>+\-*/%?]/y;

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

/** Strings may hold programs, which may hold strings. */
const nestingMax = 32;

class Lexer {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  /** @param closing Ends the tokens: a `)` that nobody has opened. */
  tokens(closing: boolean, depth: number): Token[] {
    if (depth > nestingMax) throw new JqSyntaxError('beyond: deep nesting');
    const tokens: Token[] = [];
    let open = 0;
    for (;;) {
      this.#match(space);
      const at = this.#at;
      const char = this.#source[at];
      if (char === undefined) {
        if (closing) throw new JqSyntaxError('syntax error, unterminated string interpolation');
        tokens.push({ kind: 'end', at });
        return tokens;
      }
      if (char === '(') open++;
      if (char === ')' && open-- === 0 && closing) {
        this.#at++;
        tokens.push({ kind: 'end', at });
        return tokens;
      }
      tokens.push(char === '"' ? this.#string(depth) : this.#token(at, char));
    }
  }

  #token(at: number, char: string): Token {
    const digits = this.#match(number);
    if (digits !== undefined) {
      if (!Number.isFinite(Number(digits))) throw new JqSyntaxError('beyond: a number that JSON does not have');
      return { kind: 'number', value: Number(digits), at };
    }
    const name = char === '.' ? this.#match(field) : this.#match(word);
    if (name !== undefined)
      return { kind: char === '.' ? 'field' : 'word', text: char === '.' ? name.slice(1) : name, at };
    const bound = this.#match(variable);
    if (bound !== undefined) return { kind: 'variable', text: bound.slice(1).trim(), at };
    const formatted = this.#match(format);
    if (formatted !== undefined) return { kind: 'format', text: formatted.slice(1), at };
    const sign = this.#match(operator);
    if (sign !== undefined) return { kind: 'operator', text: sign, at };
    throw new JqSyntaxError(`syntax error, unexpected ${char} at character ${at + 1}`);
  }

  #string(depth: number): Token {
    const at = this.#at++;
    const parts: (string | readonly Token[])[] = [];
    let text = '';
    for (;;) {
      const char = this.#source[this.#at++];
      if (char === undefined) throw new JqSyntaxError('syntax error, unterminated string');
      if (char === '"') {
        parts.push(text);
        return { kind: 'string', parts, at };
      }
      if (char !== '\\') {
        text += char;
        continue;
      }
      const escaped = this.#source[this.#at++];
      if (escaped === '(') {
        parts.push(text, this.tokens(true, depth + 1));
        text = '';
      } else text += this.#escape(escaped);
    }
  }

  #escape(char: string | undefined): string {
    if (char === '"' || char === '\\' || char === '/') return char;
    if (char === 'u') {
      const digits = this.#source.slice(this.#at, this.#at + 4);
      if (!/^[\da-fA-F]{4}$/.test(digits)) throw new JqSyntaxError('syntax error, invalid escape in a string');
      this.#at += 4;
      return String.fromCharCode(parseInt(digits, 16));
    }
    const meant = char === undefined ? undefined : escapes[char];
    if (meant === undefined) throw new JqSyntaxError('syntax error, invalid escape in a string');
    return meant;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#source) ?? [];
    if (found !== undefined) this.#at += found.length;
    return found;
  }
}

export function tokenize(source: string): readonly Token[] {
  return new Lexer(source).tokens(false, 0);
}
