import { roles, type Role } from '@partitura/conductor-api';
import { Fault, isJsonObject, type Json } from '@partitura/model';
import { limits } from '@partitura/wire';

/** A key as it is configured: who, what he may do, and a hash of his secret. */
export interface ApiKey {
  readonly id: string;
  readonly roles: readonly Role[];
  /** Task types that a worker may poll and report; absent: all. */
  readonly taskTypes: ReadonlySet<string> | undefined;
  readonly hash: SecretHash;
}

/** `scrypt:<N>:<r>:<p>:<salt>:<key>`, the last two in base64url. */
export interface SecretHash {
  readonly cost: number;
  readonly blockSize: number;
  readonly parallelization: number;
  readonly salt: Buffer;
  readonly key: Buffer;
}

const keysMax = 10_000;
const idPattern = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;

/**
 * Reads a JSON list of `{"id", "roles", "hash", "taskTypes"?}`. Throws the fault INVALID_KEYS, which names the entry and
 * what is wrong with it, never its hash.
 */
export function readApiKeys(text: string): ReadonlyMap<string, ApiKey> {
  let list: Json;
  try {
    list = JSON.parse(text) as Json;
  } catch {
    throw invalid('they are no JSON');
  }
  if (!Array.isArray(list) || list.length === 0 || list.length > keysMax) {
    throw invalid(`they must be a list of 1 to ${keysMax} keys`);
  }
  const keys = new Map<string, ApiKey>();
  for (const [i, entry] of (list as readonly Json[]).entries()) {
    const key = readKey(entry, `key ${i}`);
    if (keys.has(key.id)) throw invalid(`the id ${key.id} is there twice`);
    keys.set(key.id, key);
  }
  return keys;
}

function readKey(entry: Json, where: string): ApiKey {
  if (!isJsonObject(entry)) throw invalid(`${where} must be an object`);
  const unknown = Object.keys(entry).find((name) => !['id', 'roles', 'hash', 'taskTypes'].includes(name));
  if (unknown !== undefined) throw invalid(`${where} has an unknown member ${unknown}`);
  const { id, roles: named, hash, taskTypes } = entry;
  if (typeof id !== 'string' || !idPattern.test(id)) {
    throw invalid(`${where}: id must be letters, digits, dots, dashes, underscores or @, at most 64`);
  }
  if (!isTexts(named) || named.length === 0 || !named.every(isRole)) {
    throw invalid(`${where}: roles must be a list of ${Object.keys(roles).join(', ')}`);
  }
  if (taskTypes !== undefined && (!isTexts(taskTypes) || taskTypes.some((type) => type.length > limits.nameChars))) {
    throw invalid(`${where}: taskTypes must be a list of names`);
  }
  return {
    id,
    roles: named,
    taskTypes: taskTypes === undefined ? undefined : new Set(taskTypes),
    hash: readHash(hash, where),
  };
}

function readHash(text: Json | undefined, where: string): SecretHash {
  const match = /^scrypt:(\d{1,7}):(\d{1,2}):(\d{1,2}):([\w-]{16,128}):([\w-]{22,128})$/.exec(
    typeof text === 'string' ? text : '',
  );
  const [, cost = 0, blockSize = 0, parallelization = 0] = (match ?? []).map(Number);
  const isPower = cost >= 16_384 && cost <= 1_048_576 && (cost & (cost - 1)) === 0;
  if (match === null || !isPower || blockSize < 8 || blockSize > 32 || parallelization < 1 || parallelization > 4) {
    throw invalid(`${where}: hash must be scrypt:<N>:<r>:<p>:<salt>:<key> with N from 16384, r from 8`);
  }
  return {
    cost,
    blockSize,
    parallelization,
    salt: Buffer.from(match[4] ?? '', 'base64url'),
    key: Buffer.from(match[5] ?? '', 'base64url'),
  };
}

const isTexts = (value: Json | undefined): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');
const isRole = (text: string): text is Role => Object.hasOwn(roles, text);

function invalid(why: string): Fault {
  return new Fault('INVALID_KEYS', `the API keys cannot be used: ${why}`, { retryable: false });
}
