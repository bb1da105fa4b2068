import { InvalidPath } from './path.ts';

/** A position in the text of a path. */
export class Cursor {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get done(): boolean {
    return this.at >= this.text.length;
  }

  peek(): string {
    return this.text[this.at] ?? '';
  }

  /** Goes on behind `expected` if it stands here. */
  take(expected: string): boolean {
    if (!this.text.startsWith(expected, this.at)) return false;
    this.at += expected.length;
    return true;
  }

  expect(expected: string): void {
    if (!this.take(expected)) throw this.error(`'${expected}' expected`);
  }

  skipBlanks(): void {
    while (this.peek() === ' ') this.at += 1;
  }

  /** The longest run of characters that `accepts` takes. */
  takeWhile(accepts: (character: string) => boolean): string {
    const start = this.at;
    while (!this.done && accepts(this.peek())) this.at += 1;
    return this.text.slice(start, this.at);
  }

  /** Text between quotes; a backslash takes the next character as it is. */
  takeQuoted(): string {
    const quote = this.peek();
    this.at += 1;
    let text = '';
    while (!this.done) {
      const character = this.peek();
      this.at += 1;
      if (character === quote) return text;
      if (character === '\\') {
        text += this.peek();
        this.at += 1;
      } else {
        text += character;
      }
    }
    throw this.error('the quote is not closed');
  }

  error(why: string): InvalidPath {
    return new InvalidPath(`${why} at position ${this.at} of ${JSON.stringify(this.text)}`);
  }
}
