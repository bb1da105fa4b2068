import { describe, expect, it } from '@jest/globals';
import { WakeHeap } from './wake-heap.ts';

describe('the heap of aggregates to be woken', () => {
  it('gives them back by time, whatever the order in which they came', () => {
    let seed = 42;
    const random = (): number => (seed = (seed * 16_807) % 2_147_483_647);
    const heap = new WakeHeap();
    const times = Array.from({ length: 2_000 }, () => random() % 500);
    times.forEach((time, slot) => heap.add(slot, time));
    const taken: number[] = [];
    for (let next = heap.next; heap.take(1_000) >= 0; next = heap.next) taken.push(next);
    expect(taken).toEqual(times.toSorted((a, b) => a - b));
    expect(heap.size).toBe(0);
  });

  it('takes nothing before its time, and nothing that never comes', () => {
    const heap = new WakeHeap();
    heap.add(7, 100);
    heap.add(8, Infinity);
    expect(heap.take(99)).toBe(-1);
    expect(heap.take(100)).toBe(7);
    expect(heap.take(Infinity)).toBe(-1);
  });

  it('gives a slot once for the earliest time that it was added with', () => {
    const heap = new WakeHeap();
    heap.add(3, 100);
    heap.add(3, 50);
    heap.add(3, 70);
    expect(heap.take(60)).toBe(3);
    expect(heap.take(1_000)).toBe(-1);
    heap.add(3, 80);
    expect(heap.take(1_000)).toBe(3);
  });
});
