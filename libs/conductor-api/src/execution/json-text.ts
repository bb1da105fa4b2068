import type { Json, Payload } from '@partitura/model';

const decoder = new TextDecoder();

/** The JSON text of user data, exactly as it was sent or stored. */
export function payloadText(payload: Payload): string {
  return decoder.decode(payload.bytes);
}

/** A text as JSON. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

/** `,"name":"text"`, or nothing for an absent text. */
export const maybe = (name: string, text: string | undefined): string =>
  text === undefined ? '' : `,"${name}":${quoted(text)}`;

/** Builds the text of a JSON object member by member, so that user data is put in as text and never parsed. */
export class ObjectText {
  #text = '';

  /** A member with a value; undefined: no member. */
  add(name: string, value: Json | undefined): this {
    if (value !== undefined) this.#text += `,"${name}":${JSON.stringify(value)}`;
    return this;
  }

  /** A member whose value is JSON text already. */
  splice(name: string, text: string): this {
    this.#text += `,"${name}":${text}`;
    return this;
  }

  toString(): string {
    return `{${this.#text.slice(1)}}`;
  }
}

export function listText(texts: readonly string[]): string {
  return `[${texts.join(',')}]`;
}

/**
 * The text of one top-level member of a JSON object, without parsing the rest; undefined when it is not there.
 * The text must be valid JSON.
 */
export function memberText(object: string, name: string): string | undefined {
  const wanted = JSON.stringify(name);
  let depth = 0;
  let at = 0;
  while (at < object.length) {
    const code = object.charCodeAt(at);
    if (code === 34) {
      const end = endOfString(object, at);
      if (depth === 1 && object.startsWith(wanted, at) && end === at + wanted.length && followsColon(object, end)) {
        const from = object.indexOf(':', end) + 1;
        return object.slice(from, endOfValue(object, from)).trim();
      }
      at = end;
      continue;
    }
    if (code === 123 || code === 91) depth += 1;
    else if (code === 125 || code === 93) depth -= 1;
    at += 1;
  }
  return undefined;
}

/** Position behind the closing quote of the string that begins at `from`. */
function endOfString(text: string, from: number): number {
  let at = from + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote === -1) return text.length;
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === 92) backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}

function followsColon(text: string, from: number): boolean {
  let at = from;
  while (text.charCodeAt(at) <= 32) at += 1;
  return text.charCodeAt(at) === 58;
}

function endOfValue(text: string, from: number): number {
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 34) {
      at = endOfString(text, at);
      continue;
    }
    if (depth === 0 && (code === 44 || code === 125 || code === 93)) return at;
    if (code === 123 || code === 91) depth += 1;
    else if (code === 125 || code === 93) depth -= 1;
    at += 1;
  }
  return at;
}
