import { describe, expect, it } from '@jest/globals';
import { aggregateId } from '@partitura/model';
import { newAggregate, type Aggregate } from './aggregate.ts';
import { WakeHeap } from './wake-heap.ts';

const aggregate = (id: string | number): Aggregate => newAggregate(aggregateId(String(id)), undefined);

describe('the heap of aggregates to be woken', () => {
  it('gives them back by time, whatever the order in which they came', () => {
    let seed = 42;
    const random = (): number => (seed = (seed * 16_807) % 2_147_483_647);
    const heap = new WakeHeap();
    const times = Array.from({ length: 2_000 }, () => random() % 500);
    times.forEach((time, i) => heap.add(aggregate(i), time));
    const taken: number[] = [];
    for (let next = heap.next; heap.take(1_000) !== undefined; next = heap.next) taken.push(next);
    expect(taken).toEqual(times.toSorted((a, b) => a - b));
    expect(heap.size).toBe(0);
  });

  it('takes nothing before its time', () => {
    const heap = new WakeHeap();
    heap.add(aggregate('a'), 100);
    expect(heap.take(99)).toBeUndefined();
    expect(heap.take(100)?.id).toBe('a');
  });

  it('gives an aggregate once for the earliest time that it was added with', () => {
    const heap = new WakeHeap();
    const a = aggregate('a');
    heap.add(a, 100);
    heap.add(a, 50);
    heap.add(a, 70);
    expect(heap.take(60)).toBe(a);
    expect(heap.take(1_000)).toBeUndefined();
    heap.add(a, 80);
    expect(heap.take(1_000)).toBe(a);
  });
});
