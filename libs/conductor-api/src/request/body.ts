import { isJsonObject, type Json, type JsonObject, type Payload } from '@partitura/model';
import { badRequest } from '../errors/api-error.ts';

/** The members of a JSON object, each as checked JSON text that is parsed only when it is looked at. */
export type Members = ReadonlyMap<string, Payload>;

/**
 * Reads the members of a request's body by Conductor's rules: unknown ones are ignored, a missing one takes its
 * default, null is absent for texts and objects and 0 or false for numbers and flags, numbers and texts may stand for
 * each other, fractions are cut off.
 */
export class Body {
  readonly #members: Members;

  constructor(members: Members) {
    this.#members = members;
  }

  text(name: string): string | undefined {
    const value = this.#value(name);
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'object') throw wrong(name, 'a text', value);
    return String(value);
  }

  integer(name: string): number | undefined {
    const value = this.#value(name);
    if (value === undefined || value === null || value === '') return value === undefined ? undefined : 0;
    const number = typeof value === 'string' ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isFinite(number)) throw wrong(name, 'an integer', value);
    return Math.trunc(number);
  }

  /** Like {@link integer}, but null is absent: for numbers that Conductor keeps as objects. */
  maybeInteger(name: string): number | undefined {
    const value = this.#value(name);
    return value === null ? undefined : this.integer(name);
  }

  flag(name: string): boolean | undefined {
    const value = this.#value(name);
    if (value === undefined || value === null) return value === null ? false : undefined;
    if (typeof value === 'boolean') return value;
    if (value === 'true' || value === 'false') return value === 'true';
    throw wrong(name, 'true or false', value);
  }

  choice<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const value = this.#value(name);
    if (value === undefined || value === null) return undefined;
    const choice = choices.find((known) => known === value);
    if (choice === undefined) throw wrong(name, `one of ${choices.join(', ')}`, value);
    return choice;
  }

  /** A JSON object whose text is kept as it came; null where null was sent. */
  object(name: string): Payload | null | undefined {
    const payload = this.#members.get(name);
    if (payload === undefined) return undefined;
    const first = firstByte(payload);
    if (first === openBrace) return payload;
    if (first === letterN) return null;
    throw wrong(name, 'an object', payload.value);
  }

  /** An object of texts; numbers and flags become texts, nulls are left out. */
  texts(name: string): Readonly<Record<string, string>> {
    const entries: [string, string][] = [];
    for (const [key, value] of Object.entries(this.object(name)?.object ?? {})) {
      if (value === null) continue;
      if (typeof value === 'object') throw wrong(`${name}.${key}`, 'a text', value);
      entries.push([key, String(value)]);
    }
    return Object.fromEntries(entries);
  }

  /** A list of objects. */
  objects(name: string): readonly JsonObject[] {
    const value = this.#value(name);
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value) || !value.every(isJsonObject)) throw wrong(name, 'a list of objects', value);
    return value;
  }

  #value(name: string): Json | undefined {
    const payload = this.#members.get(name);
    return payload && (plainText(payload.bytes) ?? payload.value);
  }
}

const quote = 0x22;
const backslash = 0x5c;
const plainMax = 128;

/** A short text of plain ASCII, which ids and names are; undefined for everything that needs a parser. */
function plainText(bytes: Uint8Array): string | undefined {
  const last = bytes.length - 1;
  if (last < 1 || last > plainMax || bytes[0] !== quote || bytes[last] !== quote) return undefined;
  let text = '';
  for (let i = 1; i < last; i++) {
    const byte = bytes[i] ?? 0;
    if (byte < 0x20 || byte > 0x7e || byte === backslash) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}

const openBrace = 0x7b;
const letterN = 0x6e;

/** First byte of the text that is no blank. */
function firstByte({ bytes }: Payload): number | undefined {
  return bytes.find((byte) => byte > 0x20);
}

function wrong(name: string, expected: string, value: Json): ReturnType<typeof badRequest> {
  const shown = JSON.stringify(value);
  return badRequest(
    `JSON parse error: ${name} must be ${expected}, not ${shown.length > 100 ? `${shown.slice(0, 100)}…` : shown}`,
  );
}
