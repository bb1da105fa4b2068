import { badRequest } from '../errors/api-error.ts';

/** A position in the text of a query. Words of the language count only where blanks or parentheses bound them. */
export class QueryText {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  isDone(): boolean {
    this.#skipBlanks();
    return this.#at >= this.#text.length;
  }

  /** Goes on behind a sign if it stands here. */
  take(sign: string): boolean {
    this.#skipBlanks();
    if (!this.#text.startsWith(sign, this.#at)) return false;
    this.#at += sign.length;
    return true;
  }

  expect(sign: string): void {
    if (!this.take(sign)) throw this.error();
  }

  /** Goes on behind a word of the language, in upper case, if it stands here. */
  takeWord(word: string): boolean {
    this.#skipBlanks();
    if (!this.#text.startsWith(word, this.#at) || !this.#isBoundary(this.#at + word.length)) return false;
    this.#at += word.length;
    return true;
  }

  /** A field's name; empty when there is none. */
  takeName(): string {
    this.#skipBlanks();
    return this.#takeMatch(/[A-Za-z_]\w*/y);
  }

  /** A quoted value, or a bare one that ends where the language goes on. Bare values may hold blanks. */
  takeValue(): string {
    this.#skipBlanks();
    const quote = this.#text[this.#at];
    if (quote === '"' || quote === "'") return this.#takeQuoted(quote);
    const from = this.#at;
    // Word by word: each character is looked at once, however many blanks stand in a row.
    for (let end = from; ;) {
      while (end < this.#text.length && !/[\s)]/.test(this.#text[end] ?? '')) end += 1;
      this.#at = end;
      this.#skipBlanks();
      if (this.#at >= this.#text.length || this.#text[this.#at] === ')' || this.#standsWord()) {
        return this.#text.slice(from, end);
      }
      end = this.#at;
    }
  }

  /** Whether the language goes on here. */
  #standsWord(): boolean {
    const isWord = (word: string): boolean =>
      this.#text.startsWith(word, this.#at) && /[\s(]/.test(this.#text[this.#at + word.length] ?? '');
    return isWord('AND') || isWord('OR');
  }

  /** One of the values between the parentheses of `IN`. */
  takeListed(): string {
    this.#skipBlanks();
    const quote = this.#text[this.#at];
    if (quote === '"' || quote === "'") return this.#takeQuoted(quote);
    return this.#takeMatch(/[^,)]*/y).trim();
  }

  error(): ReturnType<typeof badRequest> {
    return badRequest(`Incorrectly formatted query string: ${this.#text}`);
  }

  #takeQuoted(quote: string): string {
    let value = '';
    for (let at = this.#at + 1; at < this.#text.length; at++) {
      const character = this.#text[at] ?? '';
      if (character === quote) {
        this.#at = at + 1;
        return value;
      }
      if (character === '\\') at += 1;
      value += this.#text[at] ?? '';
    }
    throw this.error();
  }

  #takeMatch(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += match.length;
    return match;
  }

  #isBoundary(at: number): boolean {
    return at >= this.#text.length || /[\s()]/.test(this.#text[at] ?? '');
  }

  #skipBlanks(): void {
    while (this.#at < this.#text.length && /\s/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }
}
