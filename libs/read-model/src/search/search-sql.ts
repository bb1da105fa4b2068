import { Fault, type Search, type SearchCondition } from '@partitura/model';
import { storable, type Parameter } from '@partitura/postgres';

/** What a search field is in SQL. Only fields of such a table can be named, so no text of a user becomes SQL. */
export interface SearchColumn {
  readonly sql: string;
  /** `document`: JSON text as bytes, of which only parts are searched. */
  readonly type: 'text' | 'number' | 'document';
  /** How "equal to this text" is said where an index wants other words; takes the placeholder of the text. */
  readonly equals?: (placeholder: string) => string;
}
export type SearchColumns<F extends string> = Readonly<Record<F, SearchColumn>>;

export interface SearchSql {
  readonly where: string;
  readonly orderBy: string;
  readonly parameters: readonly Parameter[];
}

/** Bounds of one search; beyond them it is refused with the fault INVALID_SEARCH. */
export const searchLimits = {
  conditions: 200,
  depth: 32,
  values: 5_000,
  words: 10,
  size: 5_000,
  start: 1_000_000,
} as const;

/** A search as the WHERE and ORDER BY of a statement; every value is a parameter. */
export function searchSql<F extends string>(
  search: Search<F>,
  columns: SearchColumns<F>,
  texts: readonly string[],
  defaultOrder: string,
): SearchSql {
  if (!within(search.size, searchLimits.size)) refuse(`a page has at most ${searchLimits.size} rows`);
  if (!within(search.start, searchLimits.start))
    refuse(`pages begin at most ${searchLimits.start} rows behind the first`);
  const builder = new ConditionBuilder(columns);
  const conditions: string[] = [];
  if (search.where !== undefined) conditions.push(builder.condition(search.where, 0));
  const words = (search.text ?? '').split(/\s+/).filter((word) => word !== '');
  if (words.length > searchLimits.words) refuse(`a search has at most ${searchLimits.words} words`);
  for (const word of words) {
    const pattern = builder.parameter(`%${likeText(word)}%`);
    conditions.push(`(${texts.map((text) => `${text} ILIKE ${pattern}`).join(' OR ')})`);
  }
  const orders = search.orderBy.map(({ field, descending }) => `${textOf(columns[field])}${descending ? ' DESC' : ''}`);
  return {
    where: conditions.length === 0 ? 'true' : conditions.join(' AND '),
    orderBy: [...orders, defaultOrder].join(', '),
    parameters: builder.parameters,
  };
}

class ConditionBuilder<F extends string> {
  readonly parameters: Parameter[] = [];
  readonly #columns: SearchColumns<F>;
  #conditions = 0;

  constructor(columns: SearchColumns<F>) {
    this.#columns = columns;
  }

  parameter(value: Parameter): string {
    this.parameters.push(value);
    return `$${this.parameters.length}`;
  }

  condition(condition: SearchCondition<F>, depth: number): string {
    this.#conditions += 1;
    if (this.#conditions > searchLimits.conditions)
      refuse(`a search has at most ${searchLimits.conditions} conditions`);
    if (depth > searchLimits.depth) refuse(`conditions nest at most ${searchLimits.depth} deep`);
    switch (condition.kind) {
      case 'all':
      case 'any': {
        const parts = condition.of.map((part) => this.condition(part, depth + 1));
        if (parts.length === 0) return condition.kind === 'all' ? 'true' : 'false';
        return `(${parts.join(condition.kind === 'all' ? ' AND ' : ' OR ')})`;
      }
      case 'not':
        return `(${this.condition(condition.condition, depth + 1)}) IS NOT TRUE`;
      case 'oneOf':
        return this.#oneOf(this.#columns[condition.field], condition.values);
      case 'like':
        return this.#like(this.#columns[condition.field], condition.pattern);
      case 'compare':
        return this.#compare(this.#columns[condition.field], condition.operator, condition.value);
      case 'present':
        return `coalesce(${textOf(this.#columns[condition.field])}::text, '') <> ''`;
    }
  }

  #oneOf(column: SearchColumn, values: readonly string[]): string {
    if (values.length > searchLimits.values) refuse(`a list has at most ${searchLimits.values} values`);
    if (column.type === 'number') {
      const numbers = values.filter((value) => /^-?\d{1,15}$/.test(value)).map(Number);
      return `${column.sql} = ANY(${this.parameter(numbers)}::bigint[])`;
    }
    if (column.type === 'document') return any(values.map((value) => this.#contains(column, value)));
    const { equals } = column;
    if (equals) return any(values.map((value) => equals(`${this.parameter(storable(value))}::text`)));
    // An index that is ordered by something else behind this column gives that order only for one value.
    const [only = ''] = values;
    const present =
      values.length === 1
        ? `${column.sql} = ${this.parameter(storable(only))}`
        : `${column.sql} = ANY(${this.parameter(values.map(storable))}::text[])`;
    return values.includes('') ? `(${present} OR ${column.sql} IS NULL)` : present;
  }

  #contains(column: SearchColumn, text: string): string {
    return `${textOf(column)} ILIKE ${this.parameter(`%${likeText(text).replaceAll('*', '%')}%`)}`;
  }

  #like(column: SearchColumn, pattern: string): string {
    if (column.type === 'document') return this.#contains(column, pattern);
    const text = column.type === 'number' ? `${column.sql}::text` : column.sql;
    return `${text} LIKE ${this.parameter(likeText(pattern).replaceAll('*', '%'))}`;
  }

  #compare(column: SearchColumn, operator: '<' | '<=' | '>' | '>=', value: number): string {
    if (Number.isNaN(value)) refuse('a comparison needs a number');
    if (column.type !== 'number') return `${textOf(column)} ${operator} ${this.parameter(String(value))}`;
    const bounded = Math.min(Math.max(value, -Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
    // An index on a bigint serves no comparison with another type.
    return `${column.sql} ${operator} ${this.parameter(bounded)}::${Number.isInteger(bounded) ? 'bigint' : 'numeric'}`;
  }
}

/** The column as a text; what is stored as bytes is UTF-8, for nothing else gets in. */
function textOf({ sql, type }: SearchColumn): string {
  return type === 'document' ? `convert_from(coalesce(${sql}, '{}'), 'UTF8')` : sql;
}

function any(conditions: readonly string[]): string {
  return conditions.length === 0 ? 'false' : `(${conditions.join(' OR ')})`;
}

/** The text as a LIKE pattern that matches only itself. */
function likeText(text: string): string {
  return storable(text).replaceAll(/[\\%_]/g, (special) => `\\${special}`);
}

const within = (value: number, max: number): boolean => Number.isInteger(value) && value >= 0 && value <= max;

function refuse(why: string): never {
  throw new Fault('INVALID_SEARCH', why, { retryable: false });
}
