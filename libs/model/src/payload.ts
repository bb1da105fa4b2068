import { isJsonObject, type Json, type JsonObject } from './json.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });
const encoder = new TextEncoder();

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

  toJSON(): Json {
    return this.value;
  }
}
