import { isJsonObject, type Json, type JsonObject } from '@partitura/model';
import type { Exchange } from './golden.ts';
import { boundNames, filledText, matchesText, type Names } from './placeholders.ts';

/** Where an answer is not what was recorded; `undefined` stands for "not there". */
export interface Difference {
  readonly path: string;
  readonly recorded: unknown;
  readonly actual: unknown;
}

type Rules = Pick<Exchange, 'unordered' | 'ignore' | 'loose'>;

/** Compares an answer's body with a recorded one; binds the names that it meets. */
export function differences(recorded: Json, actual: Json, rules: Rules, names: Names): readonly Difference[] {
  const comparison = new Comparison(rules, names);
  comparison.compare('$', '$', recorded, actual);
  return comparison.found;
}

class Comparison {
  readonly found: Difference[] = [];
  readonly #rules: Rules;
  readonly #names: Names;

  constructor(rules: Rules, names: Names) {
    this.#rules = rules;
    this.#names = names;
  }

  /** `at` is the path in the answer, `rule` the same path as rules name it: `[*]` within arrays that have no order. */
  compare(at: string, rule: string, recorded: Json, actual: Json | undefined): void {
    if (this.#ignored(rule)) return;
    if (this.#rules.loose?.includes(rule) === true) {
      if (actual === undefined || actual === null) this.#differs(at, recorded, actual);
    } else if (typeof recorded === 'string') {
      if (!matchesText(recorded, actual, this.#names)) this.#differs(at, recorded, actual);
    } else if (recorded === null || typeof recorded !== 'object') {
      if (recorded !== actual) this.#differs(at, recorded, actual);
    } else if (Array.isArray(recorded)) {
      if (!Array.isArray(actual)) this.#differs(at, recorded, actual);
      else if (recorded.length !== actual.length) this.#differs(`${at}.length`, recorded.length, actual.length);
      else if (this.#rules.unordered?.includes(rule) === true) this.#compareUnordered(at, rule, recorded, actual);
      else for (const [i, item] of recorded.entries()) this.compare(`${at}[${i}]`, `${rule}[${i}]`, item, actual[i]);
    } else if (isJsonObject(actual)) this.#compareObjects(at, rule, recorded as JsonObject, actual);
    else this.#differs(at, recorded, actual);
  }

  #compareObjects(at: string, rule: string, recorded: JsonObject, actual: JsonObject): void {
    const expected = new Set<string>();
    for (const [written, value] of Object.entries(recorded)) {
      const key = filledText(written, this.#names);
      expected.add(key);
      if (key in actual) this.compare(`${at}.${written}`, `${rule}.${written}`, value, actual[key]);
      else if (!this.#ignored(`${rule}.${written}`)) this.#differs(`${at}.${written}`, value, undefined);
    }
    for (const [key, value] of Object.entries(actual))
      if (!expected.has(key) && !this.#ignored(`${rule}.${key}`)) this.#differs(`${at}.${key}`, undefined, value);
  }

  /** Gives every recorded element an actual one. Those that say most about themselves choose first. */
  #compareUnordered(at: string, rule: string, recorded: readonly Json[], actual: readonly Json[]): void {
    const left = [...actual];
    const choosing = [...recorded].sort((a, b) => boundNames(b, this.#names) - boundNames(a, this.#names));
    for (const element of choosing) {
      const match = left.findIndex((candidate) => {
        const attempt = new Comparison(this.#rules, new Map(this.#names));
        attempt.compare(at, `${rule}[*]`, element, candidate);
        if (attempt.found.length > 0) return false;
        for (const [name, text] of attempt.#names) this.#names.set(name, text);
        return true;
      });
      if (match >= 0) left.splice(match, 1);
      else this.#differs(`${at}[*]`, element, undefined);
    }
  }

  #ignored(rule: string): boolean {
    return this.#rules.ignore?.includes(rule) === true;
  }

  #differs(path: string, recorded: unknown, actual: unknown): void {
    this.found.push({ path, recorded, actual });
  }
}
