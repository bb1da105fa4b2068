import { describe, expect, it } from '@jest/globals';
import type { Search, SearchCondition } from '@partitura/model';
import { searchLimits, searchSql, type SearchColumns } from './search-sql.ts';

type Field = 'name' | 'startTime';
const columns: SearchColumns<Field> = {
  name: { sql: 'w.name', type: 'text' },
  startTime: { sql: 'w.create_time', type: 'number' },
};
const sqlOf = (search: Partial<Search<Field>>): ReturnType<typeof searchSql> =>
  searchSql({ orderBy: [], start: 0, size: 10, ...search }, columns, ['w.name', 'w.id'], 'w.id');
const whereOf = (where: SearchCondition<Field>): { where: string; parameters: readonly unknown[] } => {
  const { where: text, parameters } = sqlOf({ where });
  return { where: text, parameters };
};

describe('a search in SQL', () => {
  it('without conditions matches everything', () => {
    expect(sqlOf({})).toEqual({ where: 'true', orderBy: 'w.id', parameters: [] });
  });

  it('hands every value over as a parameter, whatever it says', () => {
    const evil = `'; DROP TABLE workflow; --`;
    expect(whereOf({ kind: 'oneOf', field: 'name', values: [evil, 'b'] })).toEqual({
      where: 'w.name = ANY($1::text[])',
      parameters: [[evil, 'b']],
    });
    const { where, parameters } = sqlOf({ text: evil });
    expect(where).not.toContain('DROP');
    expect(parameters).toContain('%DROP%');
  });

  it('takes an empty text for absent too', () => {
    expect(whereOf({ kind: 'oneOf', field: 'name', values: [''] }).where).toBe('(w.name = $1 OR w.name IS NULL)');
  });

  it('lets only * stand for other characters', () => {
    expect(whereOf({ kind: 'like', field: 'name', pattern: '50%_\\*x' }).parameters).toEqual(['50\\%\\_\\\\%x']);
  });

  it('matches no row where a number is asked for and a text is given', () => {
    expect(whereOf({ kind: 'oneOf', field: 'startTime', values: ['12', 'x', '1e9'] }).parameters).toEqual([[12]]);
  });

  it('combines conditions', () => {
    const condition: SearchCondition<Field> = {
      kind: 'all',
      of: [
        { kind: 'compare', field: 'startTime', operator: '>', value: 5 },
        { kind: 'any', of: [{ kind: 'not', condition: { kind: 'present', field: 'name' } }] },
        { kind: 'any', of: [] },
      ],
    };
    expect(whereOf(condition)).toEqual({
      where: `(w.create_time > $1::bigint AND ((coalesce(w.name::text, '') <> '') IS NOT TRUE) AND false)`,
      parameters: [5],
    });
  });

  it('orders by known fields, then by one that makes the order total', () => {
    expect(sqlOf({ orderBy: [{ field: 'startTime', descending: true }] }).orderBy).toBe('w.create_time DESC, w.id');
  });

  it.each<[string, Partial<Search<Field>>]>([
    ['a page too large', { size: searchLimits.size + 1 }],
    ['a page that is no number', { size: Number.NaN }],
    ['a start before the first row', { start: -1 }],
    ['too many words', { text: 'a '.repeat(11) }],
    ['too many values', { where: { kind: 'oneOf', field: 'name', values: new Array<string>(5_001).fill('a') } }],
    [
      'too many conditions',
      {
        where: { kind: 'any', of: new Array(201).fill({ kind: 'present', field: 'name' }) as SearchCondition<Field>[] },
      },
    ],
    ['too deep a nesting', { where: nested(40) }],
    ['a comparison with nothing', { where: { kind: 'compare', field: 'startTime', operator: '<', value: Number.NaN } }],
  ])('refuses %s', (_what, search) => {
    expect(() => sqlOf(search)).toThrow(expect.objectContaining({ code: 'INVALID_SEARCH' }));
  });
});

function nested(depth: number): SearchCondition<Field> {
  return depth === 0 ? { kind: 'present', field: 'name' } : { kind: 'not', condition: nested(depth - 1) };
}
