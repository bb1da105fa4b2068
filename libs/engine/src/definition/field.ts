import { isJsonObject, type Json, type JsonObject } from '@partitura/model';
import { below, problem, type Problem } from './problem.ts';

/** How one field of a definition is read: what it may be, and what it becomes when it was left out. */
export interface Field {
  readonly read: (value: Json, path: string, problems: Problem[]) => Json | undefined;
  /** Stored when the field is absent; undefined: the field stays absent. */
  readonly preset: Json | undefined;
}
export type Fields = Readonly<Record<string, Field>>;

/**
 * Reads an object by its fields: fills in defaults, converts as lenient JSON readers do (`"7"` is a number, 12 a text,
 * 2.9 the integer 2), drops what has no field, and notes what cannot be read.
 */
export function readFields(raw: JsonObject, fields: Fields, path: string, problems: Problem[]): Record<string, Json> {
  const result: Record<string, Json> = {};
  for (const [name, field] of entriesOf(fields)) {
    const value = Object.hasOwn(raw, name) ? raw[name] : undefined;
    const stored = value === undefined ? field.preset : field.read(value, below(path, name), problems);
    if (stored !== undefined) result[name] = stored;
  }
  return result;
}

type Entries = readonly (readonly [string, Field])[];
/** Made once: a dynamic fork may read a hundred thousand tasks by the same fields. */
const entriesOfFields = new WeakMap<Fields, Entries>();

function entriesOf(fields: Fields): Entries {
  let entries = entriesOfFields.get(fields);
  if (entries === undefined) entriesOfFields.set(fields, (entries = Object.entries(fields)));
  return entries;
}

const intMax = 2147483647;

/** A 32-bit integer; an explicit null becomes `ofNull`. */
export const int = (preset?: number, ofNull = preset): Field => ({
  preset,
  read: (v, p, e) => readInteger(v, p, e, intMax, ofNull),
});
/** A 64-bit integer, as far as a double holds it. */
export const long = (preset?: number): Field => ({
  preset,
  read: (v, p, e) => readInteger(v, p, e, Number.MAX_SAFE_INTEGER, preset),
});

function readInteger(value: Json, path: string, problems: Problem[], max: number, ofNull?: number): Json | undefined {
  if (value === null) return ofNull;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number) && Math.abs(number) <= max) return Math.trunc(number);
  problems.push(problem(path, 'must be an integer', value));
  return undefined;
}

export const text = (preset?: string): Field => ({
  preset,
  read: (value, path, problems) => {
    if (value === null) return undefined;
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    problems.push(problem(path, 'must be a text', value));
    return undefined;
  },
});

export const flag = (preset?: boolean): Field => ({
  preset,
  read: (value, path, problems) => {
    if (value === null) return preset;
    if (typeof value === 'boolean') return value;
    if (value === 'true' || value === 'false') return value === 'true';
    problems.push(problem(path, 'must be true or false', value));
    return undefined;
  },
});

/** One of a few words; an explicit null is kept out. */
export const word = (words: readonly string[], preset?: string): Field => ({
  preset,
  read: (value, path, problems) => {
    if (value === null) return undefined;
    if (typeof value === 'string' && words.includes(value)) return value;
    problems.push(problem(path, `must be one of ${words.join(', ')}`, value));
    return undefined;
  },
});

/** Any JSON object; null counts as left out. */
export const object = (preset?: JsonObject): Field => ({
  preset,
  read: (value, path, problems) => {
    if (value === null) return undefined;
    if (isJsonObject(value)) return value;
    problems.push(problem(path, 'must be an object', value));
    return undefined;
  },
});

/** Like {@link object}, but null becomes the default too. */
export const filledObject = (preset: JsonObject): Field => {
  const field = object(preset);
  return { preset, read: (value, path, problems) => (value === null ? preset : field.read(value, path, problems)) };
};

export const texts = (preset?: readonly string[]): Field => ({
  preset,
  read: (value, path, problems) => {
    if (value === null) return undefined;
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
    problems.push(problem(path, 'must be a list of texts', value));
    return undefined;
  },
});

/** Whatever it is. */
export const anything = (): Field => ({ preset: undefined, read: (value) => (value === null ? undefined : value) });

/** A list of parts, each read by its own rules. */
export const listOf = (
  item: (value: Json, path: string, problems: Problem[]) => Json | undefined,
  preset?: readonly Json[],
): Field => ({
  preset,
  read: (value, path, problems) => {
    if (value === null) return preset;
    if (!Array.isArray(value)) {
      problems.push(problem(path, 'must be a list', value));
      return undefined;
    }
    const parts = (value as readonly Json[]).map((part, i) => item(part, `${path}[${i}]`, problems));
    return parts.filter((part) => part !== undefined);
  },
});
