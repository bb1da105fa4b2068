import { badRequest, type Members } from '@partitura/conductor-api';
import { isJsonObject, Payload, type Json } from '@partitura/model';
import { checkJson, splitJsonObject } from '@partitura/wire';

/*
 * Bodies are checked before anything is built from them: exact JSON in UTF-8, neither too deep nor with too many keys,
 * no key twice, no `__proto__`, nothing behind the value. What is not so is refused with a 400 that says where.
 */

/** The members of an object, each as its exact text. */
export function readMembers(body: Uint8Array): Members {
  const members = new Map<string, Payload>();
  for (const [name, bytes] of checked(body, splitJsonObject)) members.set(name, Payload.fromBytes(bytes));
  return members;
}

/** The whole body as one JSON object whose text is kept. */
export function readObject(body: Uint8Array): Payload {
  checked(body, checkJson);
  if (body.find((byte) => byte > 0x20) !== 0x7b) throw badRequest('JSON parse error: the body must be an object');
  return Payload.fromBytes(body);
}

/** The whole body as a value. */
export function readJson(body: Uint8Array): Json {
  checked(body, checkJson);
  return Payload.fromBytes(body).value;
}

/** A list of JSON objects. */
export function readObjects(body: Uint8Array, what: string): readonly Json[] {
  const value = readJson(body);
  if (!Array.isArray(value)) throw badRequest(`JSON parse error: the body must be a list of ${what}`);
  const list = value as readonly Json[];
  if (!list.every(isJsonObject)) throw badRequest(`JSON parse error: every element must be one of the ${what}`);
  return list;
}

function checked<T>(body: Uint8Array, check: (bytes: Uint8Array) => T): T {
  if (body.length === 0) throw badRequest('Required request body is missing');
  try {
    return check(body);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'MALFORMED') {
      throw badRequest(`JSON parse error: ${error.message}`);
    }
    throw error;
  }
}
