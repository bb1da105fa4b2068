import { describe, expect, it } from '@jest/globals';
import { decodeChunk, HistoryChunk } from './history-chunk.ts';

describe('a chunk of history', () => {
  it('gives its entries back in order, at offsets of any size', () => {
    const chunk = new HistoryChunk('w', 7, true);
    chunk.add(7, 2 ** 40 + 3, new Uint8Array([1, 2, 3]));
    chunk.add(9, 2 ** 40 + 5, new Uint8Array());
    expect([chunk.firstIndex, chunk.lastIndex]).toEqual([7, 9]);
    expect(decodeChunk(chunk.encode())).toEqual([
      { offset: 2 ** 40 + 3, value: Buffer.from([1, 2, 3]) },
      { offset: 2 ** 40 + 5, value: Buffer.from([]) },
    ]);
  });
});
