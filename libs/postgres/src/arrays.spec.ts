import { describe, expect, it } from '@jest/globals';
import { bigintArray, booleanArray, byteaArray, integerArray, storable, textArray } from './arrays.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const header = (elementType: string, count: number, hasNull = 0): string =>
  `000000010000000${hasNull}${elementType}${count.toString(16).padStart(8, '0')}00000001`;

describe('arrays in binary form', () => {
  it('hold big and negative integers', () => {
    expect(hex(bigintArray([1, -2, 2 ** 40 + 7]))).toBe(
      `${header('00000014', 3)}00000008000000000000000100000008fffffffffffffffe000000080000010000000007`,
    );
    expect(hex(integerArray([-1]))).toBe(`${header('00000017', 1)}00000004ffffffff`);
  });

  it('hold the nearest number where one does not fit', () => {
    expect(integerArray([1e30, -1e30, Number.NaN, 1.9])).toEqual(integerArray([2 ** 31 - 1, -(2 ** 31), 0, 1]));
    expect(bigintArray([1e30, -Infinity, Number.NaN, -1.9])).toEqual(
      bigintArray([Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 0, -1]),
    );
  });

  it('hold texts of any characters, and nulls', () => {
    expect(hex(textArray(['aä', undefined]))).toBe(`${header('00000019', 2, 1)}0000000361c3a4ffffffff`);
  });

  it('hold bytes as they are', () => {
    expect(hex(byteaArray([new Uint8Array([0, 255]), undefined]))).toBe(
      `${header('00000011', 2, 1)}0000000200ffffffffff`,
    );
  });

  it('hold flags', () => {
    expect(hex(booleanArray([true, false]))).toBe(`${header('00000010', 2)}00000001010000000100`);
  });

  it('may be empty', () => {
    for (const array of [bigintArray([]), integerArray([]), textArray([]), byteaArray([]), booleanArray([])]) {
      expect(array.length).toBe(12);
    }
  });
});

describe('a text for Postgres', () => {
  it('loses only the character that Postgres cannot hold', () => {
    expect(storable('a\0b')).toBe('a\ufffdb');
    expect(Buffer.from(textArray(['a\0b']).subarray(24)).toString()).toBe('a\ufffdb');
  });
});
