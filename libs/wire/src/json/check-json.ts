import { isUtf8 } from 'node:buffer';
import { Malformed } from '../avro/malformed.ts';
import { limits } from '../limits.ts';
import { ObjectKeys } from './object-keys.ts';

/**
 * Checks JSON text from outside without building anything from it: it must be UTF-8 and exact RFC 8259, no deeper than
 * `limits.jsonDepth`, no object with more than `limits.jsonKeys` keys, a key twice, or the key `__proto__`, no number
 * beyond a double, no half of a surrogate pair. What passes may be carried as bytes, parsed by anybody and stored.
 *
 * Throws {@link Malformed} with a sentence for a person.
 */
export function checkJson(bytes: Uint8Array): void {
  new JsonChecker(bytes).document();
}

/** Like {@link checkJson} for text that must be an object; answers the text of each of its values, as views. */
export function splitJsonObject(bytes: Uint8Array): Map<string, Uint8Array> {
  return new JsonChecker(bytes).members();
}

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const comma = 0x2c;
const colon = 0x3a;
const minus = 0x2d;
const zero = 0x30;
const nine = 0x39;

class JsonChecker {
  readonly #bytes: Buffer;
  #at = 0;
  #depth = 0;
  readonly #keys: ObjectKeys;

  constructor(bytes: Uint8Array) {
    if (!isUtf8(bytes)) throw new Malformed('the JSON text is not UTF-8');
    this.#bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#keys = new ObjectKeys(this.#bytes);
  }

  document(): void {
    this.#space();
    this.#value();
    this.#end();
  }

  members(): Map<string, Uint8Array> {
    const members = new Map<string, Uint8Array>();
    this.#space();
    if (this.#bytes[this.#at] !== openBrace) throw new Malformed('the JSON text is not an object');
    this.#object((key, from, to) => members.set(key, this.#bytes.subarray(from, to)));
    this.#end();
    return members;
  }

  #end(): void {
    this.#space();
    if (this.#at !== this.#bytes.length) this.#refuse('something follows the value');
  }

  #value(): void {
    const byte = this.#bytes[this.#at];
    if (byte === quote) this.#string();
    else if (byte === openBrace) this.#object();
    else if (byte === openBracket) this.#array();
    else if (byte === 0x74) this.#word('true');
    else if (byte === 0x66) this.#word('false');
    else if (byte === 0x6e) this.#word('null');
    else this.#number();
  }

  #object(visit?: (key: string, from: number, to: number) => void): void {
    this.#enter();
    const object = this.#keys.open();
    this.#space();
    if (this.#bytes[this.#at] !== closeBrace)
      for (;;) {
        if (this.#bytes[this.#at] !== quote) this.#refuse('a key in double quotes is missing');
        const keyFrom = this.#at;
        const escaped = this.#string();
        const keyTo = this.#at;
        const problem = this.#keys.add(object, keyFrom, keyTo, escaped);
        if (problem !== undefined) this.#refuse(problem);
        this.#space();
        if (this.#bytes[this.#at] !== colon) this.#refuse('a colon is missing');
        this.#at++;
        this.#space();
        const from = this.#at;
        this.#value();
        visit?.(this.#keys.textOf(keyFrom, keyTo), from, this.#at);
        this.#space();
        const next = this.#bytes[this.#at];
        if (next === closeBrace) break;
        if (next !== comma) this.#refuse('a comma or } is missing');
        this.#at++;
        this.#space();
      }
    this.#keys.close(object);
    this.#leave();
  }

  #array(): void {
    this.#enter();
    this.#space();
    if (this.#bytes[this.#at] !== closeBracket)
      for (;;) {
        this.#value();
        this.#space();
        const next = this.#bytes[this.#at];
        if (next === closeBracket) break;
        if (next !== comma) this.#refuse('a comma or ] is missing');
        this.#at++;
        this.#space();
      }
    this.#leave();
  }

  #enter(): void {
    this.#at++;
    if (++this.#depth > limits.jsonDepth) this.#refuse(`it is nested deeper than ${limits.jsonDepth} levels`);
  }

  #leave(): void {
    this.#at++;
    this.#depth--;
  }

  /** Passes over a text; answers whether it holds escapes. */
  #string(): boolean {
    const bytes = this.#bytes;
    let at = this.#at + 1;
    let escaped = false;
    for (;;) {
      const byte = bytes[at];
      if (byte === quote) break;
      if (byte === undefined) this.#refuse('a text does not end');
      if (byte < 0x20) this.#refuse('a text holds a control character', at);
      if (byte === backslash) {
        escaped = true;
        at += this.#escape(at);
      } else at++;
    }
    this.#at = at + 1;
    return escaped;
  }

  /** Length of the escape sequence, of both when two make a surrogate pair. */
  #escape(at: number): number {
    const kind = this.#bytes[at + 1];
    if (kind !== 0x75) {
      if (kind === undefined || !'"\\/bfnrt'.includes(String.fromCharCode(kind)))
        this.#refuse('an escape is unknown', at);
      return 2;
    }
    const unit = this.#hex(at + 2);
    if (unit < 0xd800 || unit > 0xdfff) return 6;
    const paired =
      unit < 0xdc00 &&
      this.#bytes[at + 6] === backslash &&
      this.#bytes[at + 7] === 0x75 &&
      (this.#hex(at + 8) & 0xfc00) === 0xdc00;
    if (!paired) this.#refuse('half of a surrogate pair is no character', at);
    return 12;
  }

  #hex(at: number): number {
    const text = this.#bytes.toString('latin1', at, at + 4);
    if (!/^[0-9A-Fa-f]{4}$/.test(text)) this.#refuse('an escape needs four hex digits', at);
    return Number.parseInt(text, 16);
  }

  #number(): void {
    const from = this.#at;
    const bytes = this.#bytes;
    if (bytes[this.#at] === minus) this.#at++;
    if (bytes[this.#at] === zero) this.#at++;
    else this.#digits('a value is missing or is no JSON', from);
    let plain = true;
    if (bytes[this.#at] === 0x2e) {
      this.#at++;
      this.#digits('digits are missing after the point', from);
    }
    const e = bytes[this.#at];
    if (e === 0x65 || e === 0x45) {
      plain = false;
      this.#at++;
      const sign = bytes[this.#at];
      if (sign === 0x2b || sign === minus) this.#at++;
      this.#digits('digits are missing in the exponent', from);
    }
    if (plain && this.#at - from < 300) return;
    if (!Number.isFinite(Number(bytes.toString('latin1', from, this.#at)))) this.#refuse('a number is too large', from);
  }

  #digits(otherwise: string, from: number): void {
    const first = this.#at;
    for (
      let byte = this.#bytes[this.#at];
      byte !== undefined && byte >= zero && byte <= nine;
      byte = this.#bytes[this.#at]
    )
      this.#at++;
    if (this.#at === first) this.#refuse(otherwise, from);
  }

  #word(word: string): void {
    const end = this.#at + word.length;
    if (this.#bytes.toString('latin1', this.#at, end) !== word) this.#refuse('a value is missing or is no JSON');
    this.#at = end;
  }

  #space(): void {
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      this.#at++;
    }
  }

  #refuse(why: string, at = this.#at): never {
    throw new Malformed(`the JSON text is refused at byte ${at}: ${why}`);
  }
}
