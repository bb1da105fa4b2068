import type { Json } from '@partitura/model';

/** What `{{name}}` stands for, as far as answers have told. */
export type Names = Map<string, string>;

const placeholder = /\{\{(\w+)\}\}|<(epochMillis|isoTime|host|n|millis|count|seconds|uuid)>/g;
const varying: Readonly<Record<string, string>> = {
  epochMillis: '\\d{12,14}',
  isoTime: '\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z',
  host: '[^\\s"]+',
  n: '\\d+',
  millis: '\\d+',
  count: '\\d+',
  seconds: '\\d+',
  uuid: '[0-9a-f-]{36}',
};
const wholeNumber = /^<(epochMillis|millis|count|seconds|n)>$/;

/**
 * Whether a value is what a recorded text stands for. Names that occur for the first time are bound to the text that
 * stands in their place.
 */
export function matchesText(recorded: string, actual: unknown, names: Names): boolean {
  const number = wholeNumber.exec(recorded);
  if (number !== null && typeof actual === 'number') return number[1] !== 'epochMillis' || actual > 1e12;
  if (typeof actual !== 'string') return false;
  if (!recorded.includes('{{') && !recorded.includes('<')) return recorded === actual;

  const unbound: string[] = [];
  let pattern = '';
  let literalFrom = 0;
  for (const token of recorded.matchAll(placeholder)) {
    pattern += literally(recorded.slice(literalFrom, token.index));
    literalFrom = token.index + token[0].length;
    const [, name, kind] = token;
    if (name === undefined) pattern += varying[kind as string] ?? '';
    else {
      const known = names.get(name);
      if (known === undefined) unbound.push(name);
      pattern += known === undefined ? '(.+?)' : literally(known);
    }
  }
  const match = new RegExp(`^${pattern}${literally(recorded.slice(literalFrom))}$`, 's').exec(actual);
  if (match === null) return false;
  for (const [i, name] of unbound.entries()) if (!names.has(name)) names.set(name, match[i + 1] as string);
  return true;
}

/** The value with every known `{{name}}` replaced, in keys too. */
export function filled(value: Json, names: ReadonlyMap<string, string>): Json {
  if (typeof value === 'string') return filledText(value, names);
  if (Array.isArray(value)) return value.map((item: Json) => filled(item, names));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [filledText(key, names), filled(item, names)]));
}

export function filledText(text: string, names: ReadonlyMap<string, string>): string {
  return text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => names.get(name) ?? whole);
}

/** How many of the names in a recorded value are known. */
export function boundNames(value: Json, names: ReadonlyMap<string, string>): number {
  return [...JSON.stringify(value).matchAll(/\{\{(\w+)\}\}/g)].filter(([, name]) => names.has(name as string)).length;
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
