import { describe, expect, it } from '@jest/globals';
import type { Json } from '@partitura/model';
import { compileTemplate } from '../template.ts';

const document = JSON.parse(`{
  "list": [1, 2, 3],
  "objs": [{ "p": 1, "q": "x" }, { "p": 2, "q": "y" }],
  "o": { "a-b": 1, "a b": 2, "c.d": 3, "it's": 4 },
  "text": "abc",
  "mixed": [{ "v": null }, { "v": "2", "tags": ["a", "b"] }, { "v": 2, "tags": [] }, { "w": { "z": [1, { "k": 2 }] } }],
  "limit": 1,
  "empty": [],
  "words": ["b", "a"],
  "evil": { "__proto__": { "p": 9 }, "constructor": 1, "ok": 2 }
}`) as Record<string, Json>;

const at = (path: string): Json =>
  compileTemplate(`\${d.${path}}`).render({ resolve: (root) => (root === 'd' ? document : undefined) });

describe('members and indexes', () => {
  it.each<[string, Json]>([
    ["o['a b']", 2],
    ['o["a b"]', 2],
    ['o.a-b', 1],
    ["o['c.d']", 3],
    ["o['it\\'s']", 4],
    ['o.a b', null],
    ['o.c.d', null],
    ['list[0]', 1],
    ['list[-1]', 3],
    ['list[9]', null],
    ['list[-9]', null],
    ['text[0]', null],
    ['o[0]', null],
    ['list.p', null],
    ['objs.p', null],
    ['objs[0].q', 'x'],
    ["objs[0]['p','q']", { p: 1, q: 'x' }],
    ["objs[0]['p','missing']", { p: 1 }],
  ])('%s', (path, value) => {
    expect(at(path)).toEqual(value);
  });
});

describe('indefinite paths', () => {
  it.each<[string, Json]>([
    ['list[0:2]', [1, 2]],
    ['list[1:]', [2, 3]],
    ['list[:-1]', [1, 2]],
    ['list[-2:]', [2, 3]],
    ['list[0:0]', []],
    ['list[0,2]', [1, 3]],
    ['list[*]', [1, 2, 3]],
    ['o.*', [1, 2, 3, 4]],
    ['objs[*].p', [1, 2]],
    [
      "objs[*]['p','q']",
      [
        { p: 1, q: 'x' },
        { p: 2, q: 'y' },
      ],
    ],
    ["objs[*]['p','q'].x", []],
    ['mixed[*].v', [null, '2', 2]],
    ['mixed..k', [2]],
    ['mixed..z[0]', [1]],
    ['mixed..*', expect.arrayContaining([{ k: 2 }, 1, 'a']) as unknown as Json],
    ['missing[*]', []],
    ['missing[*].p', []],
    ['objs[*].missing', []],
    ['evil.*', [2]],
    ['evil..p', []],
  ])('%s', (path, value) => {
    expect(at(path)).toEqual(value);
  });

  it('from the whole document see the workflow and all tasks', () => {
    const roots: Record<string, Json> = { workflow: { p: 0 }, d: { p: 1 } };
    const scope = { resolve: (root: string) => roots[root], roots: () => ['d'] };
    expect(compileTemplate('${$..p}').render(scope)).toEqual([0, 1]);
    expect(compileTemplate('${$.*}').render(scope)).toEqual([{ p: 0 }, { p: 1 }]);
    expect(compileTemplate("${['d'].p}").render(scope)).toBe(1);
  });
});

describe('functions', () => {
  it.each<[string, Json]>([
    ['list.length()', 3],
    ['o.length()', 4],
    ['text.length()', null],
    ['list.sum()', 6],
    ['list.min()', 1],
    ['list.max()', 3],
    ['list.avg()', 2],
    ['list.first()', 1],
    ['list.last()', 3],
    ['empty.sum()', null],
    ['empty.first()', null],
    ['missing.length()', null],
    ['words.sum()', null],
    ['o.keys()', ['a-b', 'a b', 'c.d', "it's"]],
    ['evil.keys()', ['ok']],
    ['objs[*].p.sum()', 3],
    ['objs[?(@.p>1)].length()', 1],
    ['list.length().x', null],
    ['list.nothing()', null],
  ])('%s', (path, value) => {
    expect(at(path)).toEqual(value);
  });
});

describe('filters', () => {
  const xs = [{ p: 1, q: 'x' }];
  const ys = [{ p: 2, q: 'y' }];
  it.each<[string, Json]>([
    ['objs[?(@.p>1)].q', ['y']],
    ["objs[?(@.q=='x')]", xs],
    ['objs[?( @.q == "x" )]', xs],
    ["objs[?('x'==@.q)]", xs],
    ["objs[?(@['q']=='x')]", xs],
    ['objs[?(@.p!=1)]', ys],
    ['objs[?(@.p<2)]', xs],
    ["objs[?(@.p<=1 && @.q=='x')]", xs],
    ["objs[?(@.p>=2 || @.q=='x')].p", [1, 2]],
    ['objs[?(!(@.p>=2))]', xs],
    ['objs[?(!@.p)]', []],
    ['objs[?(@.p > $.d.limit)]', ys],
    ["objs[?(@.q in ['y','z'])]", ys],
    ["objs[?(@.q nin ['y','z'])]", xs],
    ['list[?(@ > 1)]', [2, 3]],
    ['list[?(@>-1)]', [1, 2, 3]],
    ['list[?(@==1.0)]', [1]],
    ['mixed[?(@.v)].v', [null, '2', 2]],
    ['mixed[?(@.v==null)]', [{ v: null }]],
    ['mixed[?(@.v==2)].v', ['2', 2]],
    ['mixed[?(@.v===2)].v', [2]],
    ['mixed[?(@.v>1)].v', [2]],
    ["mixed[?(@.tags contains 'a')].v", ['2']],
    ['mixed[?(@.tags size 2)].v', ['2']],
    ['mixed[?(@.tags empty true)].v', [2]],
    ["mixed[?(@.tags anyof ['b','c'])].v", ['2']],
    ["mixed[?(@.tags noneof ['b','c'])].v", [2]],
    ["mixed[?(@.tags subsetof ['b','a'])].v", ['2', 2]],
    ["mixed[?(@.tags == ['a','b'])].v", ['2']],
    ['mixed[?(@.tags.length()>1)].v', ['2']],
    ['mixed[?(@.w.z[?(@.k==2)])].w.z[0]', [1]],
    ['mixed[?(@.w.z[1].k==2)].w.z[0]', [1]],
    ['objs[0][?(@.p==1)].q', ['x']],
    ['objs..[?(@.p==2)].q', ['y']],
    ['text[?(@.p)]', []],
    ['objs[?(@.p==nonsense)]', null],
    ['objs[?(@.p>1]', null],
    ['objs[?()]', null],
    ["objs[?('x')]", null],
    ['objs[?(@.p>1)', null],
    ['objs[?(@.constructor)]', []],
    ["objs[?(@.q.constructor('return 1')())]", null],
    ['objs[?(global.process.exit(1))]', null],
  ])('%s', (path, value) => {
    expect(at(path)).toEqual(value);
  });
});

describe('paths that cannot be read are null', () => {
  it.each([
    'list[',
    'list[]',
    'list[a]',
    'list[1',
    'list[1:2:3]',
    "o['a",
    "o['a'",
    "o['a',]",
    'o.',
    'o...a',
    'list[*]]',
    'list[1]x',
    '~',
    'o^',
    'o.`a',
    '@.x',
    'x'.repeat(5000),
    'a[?('.repeat(200),
    'objs[?(' + '('.repeat(3000),
    'objs[?(' + '!'.repeat(3000) + '@.p)]',
    'objs[?(@.p in ' + '['.repeat(3000),
  ])('%#: %.20s', (path) => {
    expect(at(path)).toBeNull();
  });
});

describe('expensive paths', () => {
  const wide = { resolve: (): unknown => ({ l: Array.from({ length: 2000 }, (_, i) => ({ i, m: [i] })) }) };
  it.each(['${w..*..*..*}', '${w.l[*]..*..i}', '${w.l[?(@.i in $.w.l[*].i)]}', '${w.l[?($.w..i size 1)]}'])(
    '%s ends with a clear refusal, soon',
    (template) => {
      const many = compileTemplate(Array.from({ length: 20 }, () => template));
      const began = process.cpuUsage(); // others may use the machine
      expect(() => many.render(wide)).toThrow('make its path narrower');
      expect(process.cpuUsage(began).user).toBeLessThan(2_000_000);
    },
  );

  it('a descent over deep data needs no stack', () => {
    const deep = JSON.parse('{"a":'.repeat(50_000) + '{"z":1}' + '}'.repeat(50_000)) as Json;
    expect(compileTemplate('${w..z}').render({ resolve: () => deep })).toEqual([1]);
  });

  it('a descent over a wide list needs no stack either', () => {
    const wideList = Array.from({ length: 200_000 }, () => 0);
    expect(compileTemplate('${w..z}').render({ resolve: () => ({ l: wideList }) })).toEqual([]);
  });
});
