import { badRequest, type Members } from '@partitura/conductor-api';
import { isJsonObject, Payload, type Json } from '@partitura/model';
import { checkJson, limits, splitJsonObject } from '@partitura/wire';

/**
 * Bodies by Conductor's leniency and our limits: text behind the first JSON value is ignored, of duplicate keys the
 * last wins; what is nested too deeply, has too many keys or hidden ones is refused. Throws a 400.
 */
export function readMembers(body: Uint8Array): Members {
  const members = lenient(body, splitJsonObject);
  return new Map([...members].map(([name, bytes]) => [name, Payload.fromBytes(bytes)]));
}

/** The whole body as one JSON object whose text is kept. */
export function readObject(body: Uint8Array): Payload {
  return lenient(body, (bytes) => {
    checkJson(bytes);
    if (bytes.find((byte) => byte > 0x20) !== 0x7b) throw badRequest('JSON parse error: the body must be an object');
    return Payload.fromBytes(bytes);
  });
}

/** The whole body as a value. */
export function readJson(body: Uint8Array): Json {
  return lenient(body, (bytes) => {
    checkJson(bytes);
    return Payload.fromBytes(bytes).value;
  });
}

/** A list of JSON objects. */
export function readObjects(body: Uint8Array, what: string): readonly Json[] {
  const value = readJson(body);
  if (!Array.isArray(value)) throw badRequest(`JSON parse error: the body must be a list of ${what}`);
  const list = value as readonly Json[];
  if (!list.every(isJsonObject)) throw badRequest(`JSON parse error: every element must be one of the ${what}`);
  return list;
}

/** Reads strictly first; where that fails, once more what a lenient reader would have understood. */
function lenient<T>(body: Uint8Array, read: (bytes: Uint8Array) => T): T {
  if (body.length === 0) throw badRequest('Required request body is missing');
  try {
    return read(body);
  } catch (error) {
    const normal = normalised(body);
    if (normal === undefined) throw parseError(error);
    try {
      return read(normal);
    } catch (again) {
      throw parseError(again);
    }
  }
}

function parseError(error: unknown): unknown {
  return isMalformed(error) ? badRequest(`JSON parse error: ${error.message}`) : error;
}

function isMalformed(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && error.code === 'MALFORMED';
}

/** The first JSON value of a text, written again without duplicate keys; undefined when there is none. */
function normalised(body: Uint8Array): Uint8Array | undefined {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  const first = text.slice(0, endOfFirst(text));
  try {
    let inexact = 0;
    const value = JSON.parse(first, (_key, part: unknown) => {
      if (typeof part === 'number' && !(Math.abs(part) <= Number.MAX_SAFE_INTEGER)) inexact += 1;
      return part;
    }) as Json;
    // Numbers that a double cannot hold must not change on their way; without duplicate keys the text itself will do.
    if (inexact > 0) return first.length < text.length ? Buffer.from(first) : undefined;
    return Buffer.from(JSON.stringify(value));
  } catch {
    return undefined;
  }
}

/** Position behind the first object or list. */
function endOfFirst(text: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') {
      for (at += 1; at < text.length && text[at] !== '"'; at++) if (text[at] === '\\') at += 1;
    } else if (character === '{' || character === '[') {
      depth += 1;
      if (depth > limits.jsonDepth) return text.length;
    } else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}
