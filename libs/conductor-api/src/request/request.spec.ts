import { describe, expect, it } from '@jest/globals';
import { Payload, type Json } from '@partitura/model';
import { Body } from './body.ts';
import { Parameters } from './parameters.ts';

describe('parameters', () => {
  const parameters = new Parameters({
    a: 'x',
    b: ['x', 'y'],
    n: '12',
    m: ['3', '4'],
    e: '',
    list: ['p,q', 'r'],
    on: 'ON',
    bad: '1.5',
  });

  it.each<[string, unknown, unknown]>([
    ['a text', parameters.text('a'), 'x'],
    ['a repeated text', parameters.text('b'), 'x,y'],
    ['an absent text', parameters.text('none'), undefined],
    ['an empty text', parameters.text('e'), undefined],
    ['an inherited name', parameters.text('constructor'), undefined],
    ['a number', parameters.integer('n', 5), 12],
    ['a repeated number', parameters.integer('m', 5), 3],
    ['an empty number', parameters.integer('e', 5), 5],
    ['an absent number', parameters.integer('none'), undefined],
    ['a flag', parameters.flag('on', false), true],
    ['an absent flag', parameters.flag('none', true), true],
    ['a list', parameters.list('list'), ['p', 'q', 'r']],
    ['an empty list', parameters.list('e'), undefined],
    ['a choice', parameters.choice('a', ['x', 'y'], 'y'), 'x'],
  ])('%s', (_what, value, expected) => {
    expect(value).toEqual(expected);
  });

  it.each<[string, () => unknown]>([
    ['a fraction', () => parameters.integer('bad', 0)],
    ['a text for a number', () => parameters.integer('a', 0)],
    ['a text for a flag', () => parameters.flag('a', false)],
    ['an unknown choice', () => parameters.choice('n', ['x'], 'x')],
    ['a missing required one', () => parameters.required('e')],
  ])('%s is a 400', (_what, read) => {
    expect(read).toThrow(expect.objectContaining({ status: 400 }));
  });
});

describe('members of a body', () => {
  const body = (value: Record<string, Json>): Body =>
    new Body(new Map(Object.entries(value).map(([name, member]) => [name, Payload.of(member)])));

  it.each<[Json, unknown, unknown, unknown]>([
    ['7', '7', 7, 400],
    [7, '7', 7, 400],
    [2.9, '2.9', 2, 400],
    [-2.9, '-2.9', -2, 400],
    [null, undefined, 0, false],
    [true, 'true', 400, true],
    ['true', 'true', 400, true],
    ['', '', 0, 400],
    ['many', 'many', 400, 400],
    [{}, 400, 400, 400],
    [[1], 400, 400, 400],
  ])('%j as text, integer and flag', (value, text, integer, flag) => {
    const read = (get: (of: Body) => unknown): unknown => {
      try {
        return get(body({ it: value }));
      } catch (error) {
        return (error as { status?: number }).status;
      }
    };
    expect([read((of) => of.text('it')), read((of) => of.integer('it')), read((of) => of.flag('it'))]).toEqual([
      text,
      integer,
      flag,
    ]);
  });

  it('are absent where they were left out', () => {
    const empty = body({});
    expect([
      empty.text('x'),
      empty.integer('x'),
      empty.flag('x'),
      empty.object('x'),
      empty.texts('x'),
      empty.objects('x'),
    ]).toEqual([undefined, undefined, undefined, undefined, {}, []]);
  });

  it.each(['plain', 'a b', '', 'é', 'a\nb', '"', '\\', 'x'.repeat(500)])(
    'read the text %j whatever it needs',
    (text) => {
      const bytes = new TextEncoder().encode(JSON.stringify(text));
      expect(new Body(new Map([['t', Payload.fromBytes(bytes)]])).text('t')).toBe(text);
    },
  );

  it('keep the text of objects', () => {
    const text = '  {"a":1.50}';
    const read = new Body(new Map([['o', Payload.fromBytes(new TextEncoder().encode(text))]]));
    expect(new TextDecoder().decode(read.object('o')?.bytes)).toBe(text);
    expect(body({ o: null }).object('o')).toBeNull();
    for (const wrong of [[1], 'x', 5]) expect(() => body({ o: wrong }).object('o')).toThrow('must be an object');
  });

  it('turn scalars of an object of texts into texts', () => {
    expect(body({ o: { a: 'x', b: 5, c: true, d: null } }).texts('o')).toEqual({ a: 'x', b: '5', c: 'true' });
    expect(() => body({ o: { a: {} } }).texts('o')).toThrow('o.a must be a text');
  });

  it('never quote long values in errors', () => {
    expect(() => body({ n: 'x'.repeat(5000) }).integer('n')).toThrow(/^.{0,200}$/);
  });
});
