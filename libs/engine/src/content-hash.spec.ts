import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { contentHash, hash32 } from './content-hash.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('the hash of content', () => {
  it('never changes: it names bodies in journals', () => {
    expect(contentHash(bytes(''))).toBe('00000000000000000000000000000000');
    expect(contentHash(bytes('{"workflow":{}}'))).toMatchInlineSnapshot(`"cce956351e0748dfef918a6a42314d9d"`);
    expect(contentHash(bytes('The quick brown fox jumps over the lazy dog'))).toMatchInlineSnapshot(
      `"2f1583c3ecee2c675d7bf66ce5e91d2c"`,
    );
  });

  it('does not depend on where the bytes lie', () => {
    const all = bytes('xyz{"a":1,"b":[true,null]}');
    expect(contentHash(all.subarray(3))).toBe(contentHash(bytes('{"a":1,"b":[true,null]}')));
  });

  it('differs where a single bit does', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), fc.nat(), fc.nat(7), (original, at, bit) => {
        const changed = original.slice();
        const i = at % changed.length;
        changed[i] = (changed[i] ?? 0) ^ (1 << bit);
        expect(contentHash(changed)).not.toBe(contentHash(original));
      }),
    );
  });

  it('differs by length, also of zeros', () => {
    const hashes = Array.from({ length: 100 }, (_, i) => contentHash(new Uint8Array(i)));
    expect(new Set(hashes).size).toBe(100);
  });
});

describe('the hash of a text', () => {
  it('spreads similar texts evenly', () => {
    const buckets = new Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i++) {
      const bucket = hash32(`6f1c0b7e-0000-4000-8000-${i}~1.2.0`) % 10;
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    }
    for (const count of buckets) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });
});
