import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { ObjectWriter } from './object-writer.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });
const encoder = new TextEncoder();
const openingBrace = 0x7b;
const openingBracket = 0x5b;
const fromOpeningToClosing = 2;
/** Up to here a text is looked through character by character: cheaper than a call into the runtime's encoder. */
const lookedThrough = 64;
const scratch = new Uint8Array(16 * 1024);

function isAscii(text: string): boolean {
  if (text.length > lookedThrough) {
    return text.length <= scratch.length && encoder.encodeInto(text, scratch).written === text.length;
  }
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}
/** JSON that begins with it is null. */
const letterN = 0x6e;

/** Everything up to the blank is space where JSON has space. */
function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while ((bytes[at] ?? Infinity) <= 0x20) at += 1;
  return at;
}

/**
 * User data: UTF-8 JSON that is carried as bytes and parsed only when somebody looks inside.
 *
 * Lazy in both directions: a payload that came from the wire keeps its bytes, so handing it on costs no encoding and
 * loses no digit; a payload that was computed is encoded once, when it first leaves.
 */
export class Payload {
  static readonly empty: Payload = Payload.of({});

  #bytes: Uint8Array | undefined;
  #value: Json | undefined;
  /** Text of which a character is a byte, until somebody wants to have the bytes. */
  #ascii: string | undefined;

  private constructor(bytes: Uint8Array | undefined, value: Json | undefined) {
    this.#bytes = bytes;
    this.#value = value;
  }

  /** From a JSON value. The value must not be changed afterwards. */
  static of(value: Json): Payload {
    return new Payload(undefined, value);
  }

  /**
   * An object put together from payloads, byte by byte: nothing is parsed, however many there are. Of members with the
   * same key the last one counts, for readers as well.
   */
  static ofMembers(members: Iterable<readonly [key: string, value: Payload]>): Payload {
    return Payload.assembled((to) => {
      for (const [key, value] of members) to.member(key, value);
    });
  }

  /** The same, of objects inside objects. */
  static assembled(write: (to: ObjectWriter) => void): Payload {
    const to = new ObjectWriter();
    write(to);
    const bytes = to.finish();
    return bytes.length === 2 ? Payload.empty : new Payload(bytes, undefined);
  }

  /**
   * An object with one more member behind all others; the text of that is at hand, and only the rest is written.
   *
   * @param key None of `object`.
   */
  static withMember(object: JsonObject, key: string, member: Payload): Payload {
    const payload = new Payload(undefined, { ...object, [key]: member.value });
    const text = JSON.stringify(object);
    const { ascii } = member;
    if (ascii !== undefined && isAscii(text)) {
      payload.#ascii = `${text.slice(0, -1)}${text.length > 2 ? ',' : ''}${JSON.stringify(key)}:${ascii}}`;
    }
    return payload;
  }

  /** From JSON text that is all ASCII. It is not checked before the first look. */
  static ofAscii(text: string): Payload {
    const payload = new Payload(undefined, undefined);
    payload.#ascii = text;
    return payload;
  }

  /** From UTF-8 JSON text. The bytes must not be changed afterwards; they are not checked before the first look. */
  static fromBytes(bytes: Uint8Array): Payload {
    return new Payload(bytes, undefined);
  }

  /** The parsed value. Throws SyntaxError (not JSON) or TypeError (not UTF-8): edges check before they accept. */
  get value(): Json {
    return (this.#value ??= JSON.parse(this.#ascii ?? decoder.decode(this.bytes)) as Json);
  }

  /** The value where it is at hand without parsing. */
  get parsed(): Json | undefined {
    return this.#value;
  }

  /** The parsed value of what nobody has checked yet; undefined: it is no JSON. */
  get valueIfJson(): Json | undefined {
    try {
      return this.value;
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
      throw error;
    }
  }

  /** UTF-8 JSON text. */
  get bytes(): Uint8Array {
    if (this.#bytes === undefined) {
      this.#bytes = encoder.encode(this.ascii ?? JSON.stringify(this.#value ?? null));
      this.#ascii = undefined;
    }
    return this.#bytes;
  }

  /**
   * The JSON text of a computed payload that is all ASCII and not large: for whoever writes it among other things, which
   * costs less than {@link bytes} of its own. Undefined: ask for the bytes.
   */
  get ascii(): string | undefined {
    if (this.#ascii !== undefined || this.#bytes !== undefined) return this.#ascii;
    const text = JSON.stringify(this.#value ?? null);
    if (isAscii(text)) this.#ascii = text;
    else this.#bytes = encoder.encode(text);
    return this.#ascii;
  }

  /** Length in bytes. */
  get size(): number {
    return this.#bytes?.length ?? this.ascii?.length ?? this.bytes.length;
  }

  /** The value as an object; anything else counts as the empty object. */
  get object(): JsonObject {
    const value = this.value;
    return isJsonObject(value) ? value : {};
  }

  /** Whether it is null, or an object or array without members. Nothing is parsed for that. */
  get isEmpty(): boolean {
    const value = this.#value;
    if (value !== undefined) return value === null || (typeof value === 'object' && Object.keys(value).length === 0);
    const { bytes } = this;
    const begin = skipSpace(bytes, 0);
    const first = bytes[begin] ?? 0;
    if (first !== openingBrace && first !== openingBracket) return first === letterN;
    return bytes[skipSpace(bytes, begin + 1)] === first + fromOpeningToClosing;
  }

  toJSON(): Json {
    return this.value;
  }
}
