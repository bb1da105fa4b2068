import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { limits } from '../limits.ts';
import { checkJson, splitJsonObject } from './check-json.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const keys = (count: number): string => `{${Array.from({ length: count }, (_, i) => `"k${i}":0`).join()}}`;

function accepts(text: Uint8Array): boolean {
  try {
    checkJson(text);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ name: 'Malformed', code: 'MALFORMED', retryable: false });
    return false;
  }
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('JSON from outside', () => {
  it('passes when it is plain JSON, however it is laid out', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(undefined, 1, '\t', '\r\n'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        fc.pre(!text.includes('"__proto__"'));
        checkJson(bytes(text));
      }),
    );
  });

  it.each([
    '0',
    '-0',
    '1.50',
    '1e308',
    '-1E+5',
    '1e-400',
    '""',
    '"\\u00fc\\ud83c\\udfbc\\n\\/"',
    'null',
    ' [ ] ',
    '{"":{}}',
    '{"a":1,"A":2}',
    '"\u2028"',
  ])('passes as %s', (text) => {
    checkJson(bytes(text));
  });

  it('never passes when JSON.parse refuses it', () => {
    const fragment = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      '\\u',
      'd83c',
      'dfbc',
      '0',
      '-',
      '.',
      'e',
      '+',
      '1',
      ' ',
      'a',
      'true',
      'null',
      '"a":',
      '\n',
      '\u0001',
    );
    fc.assert(
      fc.property(
        fc.array(fragment, { maxLength: 12 }).map((parts) => parts.join('')),
        (text) => {
          if (accepts(bytes(text))) expect(parses(text)).toBe(true);
        },
      ),
      { numRuns: 5_000 },
    );
    fc.assert(
      fc.property(
        fc.json(),
        fc.nat(),
        fc.constantFrom('', '"', ',', '}', '1', '\\', ' '),
        (text, position, inserted) => {
          const at = position % (text.length + 1);
          const damaged = text.slice(0, at) + inserted + text.slice(at + 1);
          if (accepts(bytes(damaged))) expect(parses(damaged)).toBe(true);
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it.each([
    ['nothing', '', 'a value is missing'],
    ['NaN', 'NaN', 'a value is missing or is no JSON'],
    ['a word cut off', 'tru', 'a value is missing or is no JSON'],
    ['a second value', '1 2', 'something follows the value'],
    ['a leading zero', '01', 'something follows the value'],
    ['a point without digits', '1.', 'digits are missing after the point'],
    ['an exponent without digits', '1e', 'digits are missing in the exponent'],
    ['a number beyond a double', '{"a":1e400}', 'a number is too large'],
    ['a long number beyond a double', '9'.repeat(400), 'a number is too large'],
    ['a comma too many', '[1,]', 'a value is missing'],
    ['a comma too few', '[1 2]', 'a comma or ] is missing'],
    ['a key without quotes', '{a:1}', 'a key in double quotes is missing'],
    ['a key without a value', '{"a"}', 'a colon is missing'],
    ['an object that does not end', '{"a":1', 'a comma or } is missing'],
    ['a text that does not end', '"abc', 'a text does not end'],
    ['a control character', '"a\u0000"', 'control character'],
    ['an unknown escape', '"\\x41"', 'an escape is unknown'],
    ['half an escape', '"\\u12g4"', 'four hex digits'],
    ['half of a surrogate pair', '"\\ud83c"', 'half of a surrogate pair'],
    ['the wrong half of a surrogate pair', '"\\udfbc"', 'half of a surrogate pair'],
    ['two first halves', '"\\ud83c\\ud83c"', 'half of a surrogate pair'],
    ['a key twice', '{"a":1,"b":{"a":2},"a":3}', 'the key "a" is there twice'],
    ['a key twice, once in disguise', '{"a":1,"\\u0061":2}', 'the key "a" is there twice'],
    ['a prototype', '{"b":[{"__proto__":{}}]}', '__proto__'],
    ['a prototype in disguise', '{"\\u005f_proto__":{}}', '__proto__'],
    ['depth beyond the limit', nested(limits.jsonDepth + 1), 'nested deeper than 200'],
    ['depth far beyond the limit', nested(1_000_000), 'nested deeper than 200'],
    ['keys beyond the limit', keys(limits.jsonKeys + 1), 'more than 10000 keys'],
  ])('is refused for %s', (_, text, why) => {
    expect(() => checkJson(bytes(text))).toThrow(why);
  });

  it('is refused for a key twice wherever it hides, and only then', () => {
    interface Member {
      readonly key: string;
      readonly disguised: boolean;
      readonly value: readonly Member[];
    }
    const members = fc.letrec<{ members: Member[] }>((tie) => ({
      members: fc.array(
        fc.record({
          key: fc.stringMatching(/^[a-zA-Z]$/),
          disguised: fc.oneof({ arbitrary: fc.constant(false), weight: 20 }, fc.boolean()),
          value: fc.oneof({ maxDepth: 2 }, fc.constant([]), tie('members')),
        }),
        { maxLength: 25, depthIdentifier: 'json' },
      ),
    })).members;
    const print = (object: readonly Member[]): string =>
      `{${object.map(({ key, disguised, value }) => `"${disguised ? `\\u00${key.charCodeAt(0).toString(16)}` : key}":${print(value)}`).join()}}`;
    const repeats = (object: readonly Member[]): boolean =>
      new Set(object.map(({ key }) => key)).size < object.length || object.some(({ value }) => repeats(value));
    const sizes = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(members, (object) => {
        const accepted = accepts(bytes(print(object)));
        sizes[accepted ? 'accepted' : 'refused']++;
        expect(accepted).toBe(!repeats(object));
      }),
      { numRuns: 1_000 },
    );
    expect(Math.min(sizes.accepted, sizes.refused)).toBeGreaterThan(50);
  });

  it('may be as deep and as wide as the limits say', () => {
    checkJson(bytes(nested(limits.jsonDepth)));
    checkJson(bytes(keys(limits.jsonKeys)));
  });

  it('is refused when it is not UTF-8', () => {
    for (const hex of ['22ff22', '22c328', '22eda0bc22', '22c0af22'])
      expect(() => checkJson(Buffer.from(hex, 'hex'))).toThrow('not UTF-8');
  });

  it('is told where it is wrong', () => {
    expect(() => checkJson(bytes('{"a": x}'))).toThrow('refused at byte 6');
  });
});

describe('the members of a JSON object', () => {
  it('are the exact text of each value', () => {
    const members = splitJsonObject(bytes(' { "a" : 1.50 , "\\u0062":{"x":[ ]}, "c":"ü" } '));
    expect(Object.fromEntries([...members].map(([key, value]) => [key, Buffer.from(value).toString()]))).toEqual({
      a: '1.50',
      b: '{"x":[ ]}',
      c: '"ü"',
    });
  });
  it('are those of the outermost object alone', () => {
    expect([...splitJsonObject(bytes('{"a":{"b":1}}')).keys()]).toEqual(['a']);
    expect([...splitJsonObject(bytes('{}')).keys()]).toEqual([]);
  });
  it('exist only for objects', () => {
    expect(() => splitJsonObject(bytes('[1]'))).toThrow('not an object');
  });
});
