import type { SearchCondition } from '@partitura/model';
import { badRequest } from '../errors/api-error.ts';
import { isField, type Fields } from './fields.ts';
import { QueryText } from './query-text.ts';

const nestingMax = 30;

/** Fields that are no columns: the condition is made by its own rule. */
export type SpecialFields<F extends string> = Readonly<
  Record<string, (values: readonly string[]) => SearchCondition<F>>
>;

/**
 * Reads a query of Conductor's search, the union of its two dialects: `AND`, `OR`, parentheses; `=` (with `*` as
 * wildcard), `!=`, `<`, `<=`, `>`, `>=`, `IN (…)`, `BETWEEN … AND …`, `IS null`, `IS not null`, `STARTS_WITH`.
 * Throws a 400 for everything else, for fields that do not exist, and for comparisons with what is no number.
 */
export function parseQuery<F extends string>(
  query: string,
  fields: Fields<F>,
  special: SpecialFields<F> = {},
): SearchCondition<F> | undefined {
  const text = new QueryText(query);
  if (text.isDone()) return undefined;
  const condition = new QueryParser(text, fields, special).any(0);
  if (!text.isDone()) throw text.error();
  return condition;
}

class QueryParser<F extends string> {
  readonly #text: QueryText;
  readonly #fields: Fields<F>;
  readonly #special: SpecialFields<F>;

  constructor(text: QueryText, fields: Fields<F>, special: SpecialFields<F>) {
    this.#text = text;
    this.#fields = fields;
    this.#special = special;
  }

  any(nesting: number): SearchCondition<F> {
    const of = [this.#all(nesting)];
    while (this.#text.takeWord('OR')) of.push(this.#all(nesting));
    const [only] = of;
    return of.length === 1 && only ? only : { kind: 'any', of };
  }

  #all(nesting: number): SearchCondition<F> {
    const of = [this.#one(nesting)];
    while (this.#text.takeWord('AND')) of.push(this.#one(nesting));
    const [only] = of;
    return of.length === 1 && only ? only : { kind: 'all', of };
  }

  #one(nesting: number): SearchCondition<F> {
    if (nesting > nestingMax) throw badRequest('the query is nested too deeply');
    if (this.#text.take('(')) {
      const condition = this.any(nesting + 1);
      this.#text.expect(')');
      return condition;
    }
    return this.#clause();
  }

  #clause(): SearchCondition<F> {
    const text = this.#text;
    const name = text.takeName();
    if (name === '') throw text.error();
    if (text.takeWord('IN')) return this.#in(name);
    if (text.takeWord('IS')) return this.#is(this.#field(name));
    if (text.takeWord('STARTS_WITH'))
      return { kind: 'like', field: this.#field(name), pattern: `${text.takeValue()}*` };
    if (text.takeWord('BETWEEN')) return this.#between(this.#field(name));
    if (text.take('!=')) return { kind: 'not', condition: this.#equals(name, [text.takeValue()]) };
    for (const operator of ['<=', '>=', '<', '>'] as const) {
      if (text.take(operator)) return this.#compare(this.#field(name), operator, text.takeValue());
    }
    if (text.take('=')) return this.#equals(name, [text.takeValue()]);
    throw text.error();
  }

  #in(name: string): SearchCondition<F> {
    const text = this.#text;
    text.take('(');
    const values = [text.takeListed()];
    while (text.take(',')) values.push(text.takeListed());
    text.expect(')');
    return this.#equals(name, values);
  }

  #is(field: F): SearchCondition<F> {
    const text = this.#text;
    const present: SearchCondition<F> = { kind: 'present', field };
    if (text.takeWord('null') || text.takeWord('NULL')) return { kind: 'not', condition: present };
    if ((text.takeWord('not') || text.takeWord('NOT')) && (text.takeWord('null') || text.takeWord('NULL')))
      return present;
    throw text.error();
  }

  #between(field: F): SearchCondition<F> {
    const from = this.#compare(field, '>=', this.#text.takeValue());
    if (!this.#text.takeWord('AND')) throw this.#text.error();
    return { kind: 'all', of: [from, this.#compare(field, '<=', this.#text.takeValue())] };
  }

  #equals(name: string, values: readonly string[]): SearchCondition<F> {
    const special = Object.hasOwn(this.#special, name) ? this.#special[name] : undefined;
    if (special) return special(values);
    const field = this.#field(name);
    const [value = ''] = values;
    if (values.length === 1 && value.includes('*')) return { kind: 'like', field, pattern: value };
    if (this.#fields[field] === 'number') for (const one of values) numberOf(field, one);
    return { kind: 'oneOf', field, values };
  }

  #compare(field: F, operator: '<' | '<=' | '>' | '>=', value: string): SearchCondition<F> {
    if (this.#fields[field] === 'text') throw badRequest(`${field} is a text and cannot be compared by ${operator}`);
    return { kind: 'compare', field, operator, value: numberOf(field, value) };
  }

  #field(name: string): F {
    if (!isField(this.#fields, name)) {
      throw badRequest(`there is no field ${name}; there are ${Object.keys(this.#fields).join(', ')}`);
    }
    return name;
  }
}

function numberOf(field: string, text: string): number {
  if (!/^-?\d{1,15}$/.test(text))
    throw badRequest(`${field} is a number (times in epoch ms), not ${JSON.stringify(text)}`);
  return Number(text);
}
