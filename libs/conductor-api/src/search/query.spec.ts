import { describe, expect, it } from '@jest/globals';
import { Parameters } from '../request/parameters.ts';
import { workflowSearchFields } from './fields.ts';
import { parseQuery } from './query.ts';
import { readWorkflowSearch } from './search-request.ts';

const parse = (query: string): unknown => parseQuery(query, workflowSearchFields);
const oneOf = (field: string, ...values: string[]): object => ({ kind: 'oneOf', field, values });

describe('a query', () => {
  it.each<[string, unknown]>([
    ['', undefined],
    ['  ', undefined],
    ["workflowType='x'", oneOf('workflowType', 'x')],
    ['workflowType="x y"', oneOf('workflowType', 'x y')],
    ['workflowType=x', oneOf('workflowType', 'x')],
    ['workflowType = my flow', oneOf('workflowType', 'my flow')],
    ["workflowType='it\\'s'", oneOf('workflowType', "it's")],
    ['workflowType IN (a,b)', oneOf('workflowType', 'a', 'b')],
    ['workflowType IN(a , "b c")', oneOf('workflowType', 'a', 'b c')],
    ['parentWorkflowId=""', oneOf('parentWorkflowId', '')],
    ['workflowType=or*', { kind: 'like', field: 'workflowType', pattern: 'or*' }],
    ['workflowType IN (or*)', { kind: 'like', field: 'workflowType', pattern: 'or*' }],
    ["workflowType STARTS_WITH 'or'", { kind: 'like', field: 'workflowType', pattern: 'or*' }],
    ['workflowType != x', { kind: 'not', condition: oneOf('workflowType', 'x') }],
    ['startTime>1700000000000', { kind: 'compare', field: 'startTime', operator: '>', value: 1700000000000 }],
    ['startTime <= 5', { kind: 'compare', field: 'startTime', operator: '<=', value: 5 }],
    ['version=3', oneOf('version', '3')],
    [
      'startTime BETWEEN 1 AND 9',
      {
        kind: 'all',
        of: [
          { kind: 'compare', field: 'startTime', operator: '>=', value: 1 },
          { kind: 'compare', field: 'startTime', operator: '<=', value: 9 },
        ],
      },
    ],
    ['correlationId IS null', { kind: 'not', condition: { kind: 'present', field: 'correlationId' } }],
    ['correlationId IS not null', { kind: 'present', field: 'correlationId' }],
    ['status=A AND event=B', { kind: 'all', of: [oneOf('status', 'A'), oneOf('event', 'B')] }],
    [
      'status=A OR status=B AND event=C',
      { kind: 'any', of: [oneOf('status', 'A'), { kind: 'all', of: [oneOf('status', 'B'), oneOf('event', 'C')] }] },
    ],
    [
      '(status=A OR status=B) AND event=C',
      { kind: 'all', of: [{ kind: 'any', of: [oneOf('status', 'A'), oneOf('status', 'B')] }, oneOf('event', 'C')] },
    ],
    [
      'workflowType=ANDROID OR status=ORDER',
      { kind: 'any', of: [oneOf('workflowType', 'ANDROID'), oneOf('status', 'ORDER')] },
    ],
  ])('%s', (query, tree) => {
    expect(parse(query)).toEqual(tree);
  });

  it.each([
    'workflowType',
    '= x',
    'nonsense=1',
    '__proto__=1',
    'startTime>yesterday',
    'startTime=soon',
    'workflowType>3',
    "workflowType='x",
    'workflowType IN (a',
    '(status=A',
    'status=A) AND event=B',
    'status=A AND AND event=B',
    'status IS maybe',
    '('.repeat(100) + 'status=A' + ')'.repeat(100),
  ])('%s is refused', (query) => {
    expect(() => parse(query)).toThrow(expect.objectContaining({ status: 400 }));
  });

  it.each([
    ['workflowType =', ''],
    ["workflowType=x'; DROP TABLE workflow", "x'; DROP TABLE workflow"],
    ['workflowType=x AND', 'x AND'],
  ])('%s is only a value', (query, value) => {
    expect(parse(query)).toEqual(oneOf('workflowType', value));
  });
});

describe('the parameters of a workflow search', () => {
  const read = (raw: Record<string, string>): unknown => readWorkflowSearch(new Parameters(raw));

  it('have defaults, and empty ones are absent', () => {
    const everything = { orderBy: [], start: 0, size: 100 };
    expect(read({})).toEqual(everything);
    expect(read({ query: '', queryId: '', freeText: '', sort: '' })).toEqual(everything);
    expect(read({ freeText: '*' })).toEqual(everything);
  });

  it('take free text as words, or as an example', () => {
    expect(read({ freeText: 'order & 17' })).toMatchObject({ text: 'order   17' });
    expect(read({ freeText: '{"workflowType":"x","version":2}' })).toMatchObject({
      where: { of: [{ kind: 'all', of: [oneOf('workflowType', 'x'), oneOf('version', '2')] }] },
    });
    for (const wrong of ['{"a":}', '{"nonsense":1}', '{"status":null}'])
      expect(() => read({ freeText: wrong })).toThrow();
  });

  it('sort by known fields', () => {
    expect(read({ sort: 'status:ASC|startTime:DESC|nonsense:ASC|version' })).toMatchObject({
      orderBy: [
        { field: 'status', descending: false },
        { field: 'startTime', descending: true },
        { field: 'version', descending: false },
      ],
    });
  });

  it('bound the page', () => {
    expect(() => read({ size: '5001' })).toThrow(
      expect.objectContaining({
        status: 400,
        violations: [
          {
            path: 'searchWorkflows.arg1',
            message: 'Cannot return more than 5000 workflows. Please use pagination.',
            invalidValue: '5001',
          },
        ],
      }),
    );
    expect(() => read({ start: '-1' })).toThrow();
  });

  it('leave out what belongs to other classifiers, and children on demand', () => {
    expect(read({ classifier: 'agent' })).toMatchObject({ where: { of: [{ kind: 'any', of: [] }] } });
    expect(read({ classifier: 'agent,workflow' })).toMatchObject({ where: { of: [{ kind: 'all', of: [] }] } });
    expect(read({ topLevelOnly: 'True' })).toMatchObject({ where: { of: [oneOf('parentWorkflowId', '')] } });
  });
});
