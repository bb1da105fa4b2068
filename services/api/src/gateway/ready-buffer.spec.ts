import { describe, expect, it } from '@jest/globals';
import { ReadyBuffer } from './ready-buffer.ts';

const drain = (buffer: ReadyBuffer<string>): string[] => {
  const taken: string[] = [];
  for (let entry = buffer.take(); entry !== undefined; entry = buffer.take()) taken.push(entry);
  return taken;
};

describe('the ready buffer', () => {
  it('gives the highest priority first, and within it the oldest', () => {
    const buffer = new ReadyBuffer<string>();
    for (const [priority, entry] of [
      [0, 'a'],
      [5, 'b'],
      [0, 'c'],
      [99, 'd'],
      [5, 'e'],
    ] as const)
      buffer.push(priority, entry);
    expect(drain(buffer)).toEqual(['d', 'b', 'e', 'a', 'c']);
    expect(buffer.size).toBe(0);
  });

  it('puts what was given back before its equals', () => {
    const buffer = new ReadyBuffer<string>();
    buffer.push(1, 'a');
    buffer.push(1, 'b');
    const first = buffer.take();
    buffer.push(0, 'z');
    buffer.unshift(1, first!);
    expect(drain(buffer)).toEqual(['a', 'b', 'z']);
  });

  it('keeps only what still belongs', () => {
    const buffer = new ReadyBuffer<string>();
    for (const entry of ['a1', 'b1', 'a2', 'b2']) buffer.push(3, entry);
    buffer.take();
    buffer.keep((entry) => entry.startsWith('b'));
    expect(buffer.size).toBe(2);
    expect(drain(buffer)).toEqual(['b1', 'b2']);
  });

  it('stays linear over many entries', () => {
    const buffer = new ReadyBuffer<number>();
    for (let i = 0; i < 20_000; i++) buffer.push(0, i);
    for (let i = 0; i < 20_000; i++) expect(buffer.take()).toBe(i);
  });
});
