import { describe, expect, it } from '@jest/globals';
import { murmur2, partitionOf, partitionOfKey } from './partition.ts';
import { readJson } from './golden.fixture.ts';

interface Vector {
  readonly key: string;
  readonly murmur2: number;
  readonly partitions: Readonly<Record<string, number>>;
}
const vectors = readJson('golden/partitions.json') as readonly Vector[];

describe('the partition of an aggregate', () => {
  it('is where Kafka’s own producer sends a record with that key', () => {
    expect(vectors.length).toBeGreaterThan(100);
    for (const { key, partitions } of vectors)
      for (const [count, expected] of Object.entries(partitions))
        expect({ key, count, partition: partitionOf(key, Number(count)) }).toEqual({ key, count, partition: expected });
  });

  it('is the same for the bytes of the key', () => {
    for (const { key } of vectors) expect(partitionOfKey(Buffer.from(key), 7)).toBe(partitionOf(key, 7));
  });

  it('comes from the same hash', () => {
    expect(vectors.map(({ key }) => murmur2(key))).toEqual(vectors.map((vector) => vector.murmur2));
  });

  it('does not depend on what was hashed before, however long', () => {
    const long = 'ü'.repeat(5_000);
    const before = murmur2(long);
    murmur2('é');
    expect(murmur2(long)).toBe(before);
    expect(murmur2('a'.repeat(10_000))).not.toBe(before);
  });
});
