import type { Token } from './lexer.ts';
import { JqSyntaxError } from './syntax.ts';

const end: Token = { kind: 'end', at: 0 };

/** A place among the tokens of a program. */
export class Cursor {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  variable(): string {
    const token = this.peek();
    if (token.kind !== 'variable') throw this.unexpected();
    this.#at++;
    return token.text;
  }

  word(): string {
    const token = this.peek();
    if (token.kind !== 'word') throw this.unexpected();
    this.#at++;
    return token.text;
  }

  isNext(text: string): boolean {
    const token = this.peek();
    return (token.kind === 'operator' || token.kind === 'word') && token.text === text;
  }

  isVariableNext(): boolean {
    return this.peek().kind === 'variable';
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
    const token = this.peek();
    if (token.kind === 'end') return new JqSyntaxError('syntax error, unexpected end of file');
    const shown = token.kind === 'number' ? String(token.value) : token.kind === 'string' ? 'a string' : token.text;
    return unexpectedToken(shown, token.at);
  }

  protected take(): Token {
    const token = this.peek();
    this.#at++;
    return token;
  }

  protected peek(ahead = 0): Token {
    return this.#tokens[this.#at + ahead] ?? end;
  }
}

export const unexpectedToken = (shown: string, at: number): JqSyntaxError =>
  new JqSyntaxError(`syntax error, unexpected ${shown} at character ${at + 1}`);
