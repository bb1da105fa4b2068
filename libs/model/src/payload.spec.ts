import { describe, expect, it } from '@jest/globals';
import { Payload } from './payload.ts';

const written = (text: string): Payload => Payload.fromBytes(new TextEncoder().encode(text));
const textOf = ({ bytes }: Payload): string => new TextDecoder().decode(bytes);

describe('an object that is put together from payloads', () => {
  it('holds what they hold, byte by byte', () => {
    const whole = Payload.ofMembers([
      ['a', written('{ "n": 1.0 }')],
      ['b', Payload.of([1, 'x'])],
    ]);
    expect(textOf(whole)).toBe('{"a":{ "n": 1.0 },"b":[1,"x"]}');
    expect(whole.value).toEqual({ a: { n: 1 }, b: [1, 'x'] });
  });

  it.each(['"', '\\', '\n', '\u0000', 'ä', '語', '😀', '\ud800', '__proto__', ''])('may have the key %j', (key) => {
    const whole = Payload.ofMembers([[key, Payload.of(1)]]);
    expect(Object.entries(whole.value as object)).toEqual([[key, 1]]);
  });

  it('of none is empty', () => {
    expect(textOf(Payload.ofMembers([]))).toBe('{}');
  });
});

describe('a payload', () => {
  it.each(['{}', '[]', 'null', ' { } ', '[\n\t]'])('is empty when it is %j', (text) => {
    expect(written(text).isEmpty).toBe(true);
    expect(Payload.of(JSON.parse(text) as never).isEmpty).toBe(true);
  });

  it.each(['{"a":null}', '[0]', '0', '""', 'false', '"{}"'])('is not empty when it is %j', (text) => {
    expect(written(text).isEmpty).toBe(false);
    expect(Payload.of(JSON.parse(text) as never).isEmpty).toBe(false);
  });
});

describe('a computed payload', () => {
  it.each([
    [{ n: 1 }, '{"n":1}'],
    ['x'.repeat(5_000), `"${'x'.repeat(5_000)}"`],
  ])('of ASCII text is at hand as text', (value, text) => {
    const payload = Payload.of(value);
    expect([payload.size, payload.ascii]).toEqual([text.length, text]);
    expect(textOf(payload)).toBe(text);
    expect([payload.size, payload.ascii]).toEqual([text.length, undefined]);
  });

  it.each(['ä', '語'.repeat(100), 'x'.repeat(40_000)])('of other or long text is at hand as bytes', (value) => {
    const payload = Payload.of(value);
    expect(payload.ascii).toBeUndefined();
    expect(payload.size).toBe(payload.bytes.length);
    expect(JSON.parse(textOf(payload))).toEqual(JSON.parse(JSON.stringify(value)));
  });

  it('made of text is that text', () => {
    const payload = Payload.ofAscii(`{"a":[1]}`);
    expect([payload.value, payload.size, textOf(payload)]).toEqual([{ a: [1] }, 9, `{"a":[1]}`]);
  });

  it('that was written elsewhere is never text', () => {
    const payload = written('{ "n": 1.0 }');
    expect([payload.value, payload.ascii, payload.size]).toEqual([{ n: 1 }, undefined, 12]);
  });
});

describe('an object with one more member', () => {
  it.each([
    [{}, { a: 1 }],
    [{ n: 1 }, { a: 1 }],
    [{ n: 'ä' }, { a: 1 }],
    [{ n: 1 }, { a: 'ä' }],
    [{ n: { m: [] } }, {}],
  ])('of %j and %j is written as if it had been computed as a whole', (object, member) => {
    const whole = Payload.withMember(object, 'last', Payload.of(member));
    const expected = { ...object, last: member };
    expect(whole.value).toEqual(expected);
    expect(whole.size).toBe(Payload.of(expected).size);
    expect(textOf(whole)).toBe(JSON.stringify(expected));
  });
});
