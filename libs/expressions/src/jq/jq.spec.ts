import { describe, expect, it } from '@jest/globals';
import type { Json } from '@partitura/model';
import { compileJq } from './compile-jq.ts';

const document: Json = {
  a: 3,
  d: [
    { k: 'a', v: 1 },
    { k: 'b', v: 2 },
  ],
  s: 'x',
};

describe('a jq program', () => {
  it.each<[string, Json[]]>([
    ['.d[] | .v', [1, 2]],
    ['.d | map(.v) | add', [3]],
    [
      '.d[] | {k: .k, w: (.v * 2)}',
      [
        { k: 'a', w: 2 },
        { k: 'b', w: 4 },
      ],
    ],
    ['.d[] | select(.v > 100)', []],
    ['[(1,2) + (10,20)]', [[11, 12, 21, 22]]],
    [
      '{a: (1,2), b: 3}',
      [
        { a: 1, b: 3 },
        { a: 2, b: 3 },
      ],
    ],
    ['.missing // "none"', ['none']],
    ['[.d[].v] | sort | reverse', [[2, 1]]],
    ['.d | group_by(.v) | map(length)', [[1, 1]]],
    ['reduce .d[] as {k: $k, v: $v} ({}; .[$k] = $v)', [{ a: 1, b: 2 }]],
    [
      '[foreach .d[] as $x (0; . + $x.v; [$x.k, .])]',
      [
        [
          ['a', 1],
          ['b', 3],
        ],
      ],
    ],
    ['try error("x") catch .', ['x']],
    ['[.d[] | try (if .v == 1 then error("bad") else .v end) catch "caught"]', [['caught', 2]]],
    ['def fac: if . <= 1 then 1 else . * (. - 1 | fac) end; 5 | fac', [120]],
    ['label $out | 1, break $out, 2', [1]],
    ['[limit(3; range(10))]', [[0, 1, 2]]],
    ['[1 | limit(5; repeat(. * 2))]', [[1, 2, 4, 8, 16]]],
    ['0 | until(. > 5; . + 1)', [6]],
    ['[paths(type == "number")]', [[['a'], ['d', 0, 'v'], ['d', 1, 'v']]]],
    ['del(.d[] | select(.v == 1)) | .d', [[{ k: 'b', v: 2 }]]],
    ['.d[].v |= . + 1 | [.d[].v]', [[2, 3]]],
    ['first(.d[] | select(.v == 2)) |= {"changed": true} | .d[1]', [{ changed: true }]],
    ['with_entries(.value |= tostring) | .a', ['3']],
    ['walk(if type == "number" then . + 1 else . end) | .a', [4]],
    ['"\\(.a) of \\(.d | length)"', ['3 of 2']],
    ['@csv "\\([1, "a\\"b", null, true])"', ['1,"a""b",,true']],
    ['"a b&c" | @uri, @html, @sh, @base64', ['a%20b%26c', 'a b&amp;c', "'a b&c'", 'YSBiJmM=']],
    ['[1, null, "a", [], {}, true, false] | sort', [[null, false, true, 1, 'a', [], {}]]],
    ['.[] |= empty', [{}]],
  ])('gives what jq gives: %s', (program, results) => {
    expect(compileJq(program).run(document)).toEqual({ results });
  });

  it.each([
    ['.a.b', 'Cannot index number with string "b"'],
    ['.d.x', 'Cannot index array with string "x"'],
    ['.a[]', 'Cannot iterate over number (3)'],
    ['1 + "a"', 'number (1) and string ("a") cannot be added'],
    ['error("\\(.a)")', '3'],
    ['1 / 0', 'number (1) and number (0) cannot be divided because the divisor is zero'],
  ])('fails as jq fails: %s', (program, error) => {
    expect(compileJq(program).run(document)).toEqual({ error });
  });

  it.each([
    '1 +',
    '{a',
    '.a.',
    '$nope',
    'if 1 then 2',
    '1 == 1 == 1',
    '"open',
    'break $x',
    '.a = 1 = 2',
    'import "x" as x; 1',
  ])('that cannot be read is an error, before it runs: %s', (program) => {
    const compiled = compileJq(program);
    const { problem } = compiled;
    expect(problem).toBeDefined();
    expect(compiled.run(document)).toEqual({ error: problem });
  });

  it.each(['now', 'input', 'env', '$ENV.PATH', 'test("a")', '@base64d', 'nobody_knows(1)', 'path(1 + 1)'])(
    'that only jq itself can answer is left to it: %s',
    (program) => {
      expect(compileJq(program).run(null)).toHaveProperty('beyond');
    },
  );

  it.each([
    '[range(infinite)]',
    'def f: f; f',
    'def f: 1 + f; f',
    '[repeat(1)]',
    'reduce range(1e9) as $i ("x"; . + .)',
    '"x" * 1e9',
    '[limit(1e9; repeat(0))]',
    'last(range(1e9))',
    'null | .[1e9] = 1',
    '[[range(1000)] | combinations(3)]',
    'until(false; .)',
    'recurse(.)',
    'reduce range(100) as $i ([1]; . + .)',
    `${'['.repeat(5000)}1${']'.repeat(5000)}`,
    `1${' + 1'.repeat(20_000)}`,
  ])('that does not end, or explodes, is stopped by its fuel: %s', (program) => {
    const compiled = compileJq(program);
    const { problem } = compiled;
    if (problem === undefined) expect(compiled.run(null)).toHaveProperty('beyond');
    else expect(problem).toMatch(/nested/);
  });

  it('changes nothing of its input', () => {
    const before = structuredClone(document);
    compileJq('.d[0].v = 100 | del(.a) | .d |= reverse').run(document);
    expect(document).toEqual(before);
  });

  it('does not reach from data to code', () => {
    const own = JSON.parse('{"__proto__": {"polluted": true}}') as Json;
    expect(compileJq('.constructor, .toString, .["__proto__"]').run({})).toEqual({ results: [null, null, null] });
    expect(compileJq('with_entries(.)').run(own)).toHaveProperty('beyond');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
