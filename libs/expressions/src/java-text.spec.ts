import { describe, expect, it } from '@jest/globals';
import type { Json } from '@partitura/model';
import { doubleText, textOf } from './java-text.ts';

describe('the text of a value', () => {
  it.each<[Json, string]>([
    [1, '1'],
    [-7, '-7'],
    [1e15, '1000000000000000'],
    [1e21, '1000000000000000000000'],
    [2.5, '2.5'],
    [0.001, '0.001'],
    [0.00015, '1.5E-4'],
    [12345678.5, '1.23456785E7'],
    [true, 'true'],
    [null, 'null'],
    ['as is', 'as is'],
    [[], '[]'],
    [{}, '{}'],
    [[1, 'two', null, [true]], '[1, two, null, [true]]'],
    [{ k: 1, o: { x: 2 } }, '{k=1, o={x=2}}'],
  ])('%j is %s', (value, text) => {
    expect(textOf(value)).toBe(text);
  });

  it.each<[number, string]>([
    [6, '6.0'],
    [0, '0.0'],
    [1e7, '1.0E7'],
    [1e10, '1.0E10'],
    [9999999, '9999999.0'],
    [1e-5, '1.0E-5'],
    [-2.25, '-2.25'],
  ])('the double %d is %s', (value, text) => {
    expect(doubleText(value)).toBe(text);
  });
});
