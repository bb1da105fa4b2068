import { isJsonObject, type Json, type JsonObject } from './json.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });
const encoder = new TextEncoder();
const openingBrace = 0x7b;
const closingBrace = 0x7d;
const openingBracket = 0x5b;
const fromOpeningToClosing = 2;
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
  static ofMembers(members: readonly (readonly [key: string, value: Payload])[]): Payload {
    if (members.length === 0) return Payload.empty;
    const most = members.reduce((sum, [key, { bytes }]) => sum + 6 * key.length + 4 + bytes.length, 2);
    const bytes = new Uint8Array(most);
    let end = 0;
    for (const [key, value] of members) {
      end += encoder.encodeInto(`${end === 0 ? '{' : ','}${JSON.stringify(key)}:`, bytes.subarray(end)).written;
      bytes.set(value.bytes, end);
      end += value.bytes.length;
    }
    bytes[end] = closingBrace;
    return new Payload(bytes.slice(0, end + 1), undefined);
  }

  /** From UTF-8 JSON text. The bytes must not be changed afterwards; they are not checked before the first look. */
  static fromBytes(bytes: Uint8Array): Payload {
    return new Payload(bytes, undefined);
  }

  /** The parsed value. Throws SyntaxError (not JSON) or TypeError (not UTF-8): edges check before they accept. */
  get value(): Json {
    return (this.#value ??= JSON.parse(decoder.decode(this.bytes)) as Json);
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
    return (this.#bytes ??= encoder.encode(JSON.stringify(this.#value ?? null)));
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
