import { describe, expect, it } from '@jest/globals';
import type { Json } from '@partitura/model';
import { compileScript } from './compile.ts';
import type { ScriptOutcome } from './script.ts';

const input: Json = { x: 3, s: 'text', o: { list: ['a', 'b'], deep: { n: null } }, rows: [{ v: 1 }, { v: 2 }] };
const run = (source: string, $: Json = input): ScriptOutcome => compileScript(source).run({ $ });

describe('a program', () => {
  it.each<[string, Json]>([
    ['$.x + 1', 4],
    ["'v' + $.x", 'v3'],
    ['7 / 2', 3.5],
    ['4 / 2', 2],
    ['undefined', null],
    ['NaN', null],
    ['$.o.list.length', 2],
    ["$['o']['list'][1]", 'b'],
    ['$.missing', null],
    ['$.missing?.deep.er ?? "none"', 'none'],
    ['$.x > 2 && $.s === "text"', true],
    ['$.x > 2 ? "big" : "small"', 'big'],
    ['`${$.x} of ${[1, [2, 3]]}`', '3 of 1,2,3'],
    ['({a: [1, {b: 2.5}], c: null})', { a: [1, { b: 2.5 }], c: null }],
    ['[1, 2, 3].map(i => i * $.x)', [3, 6, 9]],
    ['$.rows.filter(({v}) => v > 1).map(row => row.v)', [2]],
    ['$.rows.reduce((sum, row) => sum + row.v, 0)', 3],
    ['Object.entries($.o.deep)', [['n', null]]],
    ['JSON.parse(JSON.stringify($.rows))[0].v', 1],
    ['[...$.o.list, "c"].join("-")', 'a-b-c'],
    ['({...$.o, list: 0})', { list: 0, deep: { n: null } }],
    ['(function () { return {a: $.x, l: [1, 2.5, null]}; })()', { a: 3, l: [1, 2.5, null] }],
    ['(() => { const {x, o: {list: [first]}} = $; return [x, first]; })()', [3, 'a']],
    ['e = $.x * 2; e;', 6],
    ['var sum = 0; for (var i = 0; i < 10; i++) { sum += i } sum', 45],
    ['if ($.x == 3) { "three" } else { "other" }', 'three'],
    ['5; if (false) { 1 }', null],
    ['5; var later = (function () { if (true) {} return 1 })()', 5],
    ['switch ($.x) { case 3: "three"; break; default: "other" }', 'three'],
    ['function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2) } fib(10)', 55],
    ['try { $.nope.x } catch (error) { error.name }', 'TypeError'],
    ['const fs = []; for (let i = 0; i < 3; i++) fs.push(() => i); fs.map(f => f())', [0, 1, 2]],
    ['$.x = 7; $.rows.push({v: 9}); [$.x, $.rows.length]', [7, 3]],
    ['$.o.list.get(0) + $.o.list.size() + $.o.get("deep").isEmpty()', 'a2false'],
  ])('answers as JavaScript does: %s', (source, expected) => {
    expect(run(source)).toEqual({ ok: expected });
  });

  it('changes nothing of its input', () => {
    const before = structuredClone(input);
    run('$.rows[0].v = 100; $.o.list.reverse(); delete $.x; 0');
    expect(input).toEqual(before);
  });

  it('starts anew in every run', () => {
    const script = compileScript('count = typeof count === "undefined" ? 1 : count + 1');
    expect([script.run({ $: null }), script.run({ $: null })]).toEqual([{ ok: 1 }, { ok: 1 }]);
  });

  it.each([
    ['$.a.b.c', { error: "TypeError: Cannot read property 'b' of undefined", line: 1 }],
    ['nope + 1', { error: 'ReferenceError: nope is not defined', line: 1 }],
    ['\n$.x()', { error: 'TypeError: $.x is not a function', line: 2 }],
    ['const c = 1; c = 2', { error: 'TypeError: Assignment to constant variable "c"', line: 1 }],
    ["(function () { throw new Error('boom ' + $.x); })()", { error: 'Error: boom 3' }],
    ["throw 'x'", { error: 'x' }],
  ])('tells what it threw: %s', (source, expected) => {
    expect(run(source)).toEqual(expected);
  });

  it.each(['1 +', 'return 1', 'let a; let a', '({', 'a b'])(
    'that cannot be read is an error, before it runs: %s',
    (source) => {
      const { problem } = compileScript(source);
      expect(problem?.error).toMatch(/^SyntaxError: /);
      expect(run(source)).toEqual(problem);
    },
  );

  it.each([
    '$.__proto__',
    '$["__pro" + "to__"]',
    '$.constructor',
    '({}).constructor.constructor("return 1")()',
    '[].map.constructor',
    '({__proto__: null})',
    '(() => {}).prototype',
    'this',
    'globalThis',
    'new Date()',
    'Math.random()',
    '/a+/.test("aaa")',
    'import("node:fs")',
    'eval("1")',
    'class A {}',
    'async () => 1',
    'new Proxy({}, {})',
  ])('that goes beyond expressions is left to the full engine: %s', (source) => {
    expect(run(source)).toHaveProperty('beyond');
  });

  it.each([
    'for (;;) {}',
    'while (true) { 1 }',
    '(function f() { return f() })()',
    '"x".repeat(1e9)',
    'let s = "x"; while (true) s += s',
    'const a = []; while (true) a.push(a)',
    'Array.from({length: 1e9})',
    '[1].concat(...Array.from({length: 1e6}))',
    '"x".padEnd(1e9)',
    '"aaaa".replaceAll("", "b".repeat(1000)).replaceAll("", "c".repeat(1000))',
    'let o = {}; for (let i = 0; ; i++) o["k" + i] = i',
  ])('that does not end, or explodes, is stopped by its fuel: %s', (source) => {
    const fuel = { left: 10_000 };
    const outcome = compileScript(source).run({ $: null }, fuel);
    expect(outcome).toHaveProperty('beyond');
  });

  it('that ran out of fuel is not tried again at once', () => {
    const script = compileScript('for (;;) {}');
    script.run({ $: null });
    const fuel = { left: 10_000 };
    expect(script.run({ $: null }, fuel)).toHaveProperty('beyond');
    expect(fuel.left).toBe(10_000);
  });
});
