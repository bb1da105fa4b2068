import { describe, expect, it } from '@jest/globals';
import type { Clock } from '@partitura/log';
import type { TaskRecord } from '@partitura/model';
import { HeldBeginnings } from './held-beginnings.ts';
import { Shop } from './shop.fixture.ts';

/** A clock that stands until it is moved. */
class StandingClock implements Clock {
  #ms = 1_000;
  #timers: { readonly due: number; readonly task: () => void }[] = [];

  now = (): number => this.#ms;
  monotonic = (): number => this.#ms;
  after(delayMs: number, task: () => void): () => void {
    this.#timers.push({ due: this.#ms + delayMs, task });
    return () => undefined;
  }

  pass(ms: number): void {
    this.#ms += ms;
    const due = this.#timers.filter((timer) => timer.due <= this.#ms);
    this.#timers = this.#timers.filter((timer) => timer.due > this.#ms);
    for (const { task } of due) task();
  }
}

const record = (dispatch: number): TaskRecord => ({ ...new Shop().hand().record, dispatch });

describe('a beginning that is held back', () => {
  it('goes with the result, once', () => {
    const told: number[] = [];
    const beginnings = new HeldBeginnings(new StandingClock(), ({ dispatch }) => told.push(dispatch));
    const task = record(1);
    beginnings.hold(task);
    expect([beginnings.take(task), beginnings.take(task)]).toEqual([1_000, undefined]);
    expect(told).toEqual([]);
  });

  it('is told by itself when no result came in time', () => {
    const clock = new StandingClock();
    const told: number[] = [];
    const beginnings = new HeldBeginnings(clock, ({ dispatch }) => told.push(dispatch));
    const task = record(1);
    beginnings.hold(task);
    clock.pass(50);
    expect([told, beginnings.take(task)]).toEqual([[1], undefined]);
  });

  it('is not taken by the end of an earlier hand-over of the same task', () => {
    const clock = new StandingClock();
    const told: number[] = [];
    const beginnings = new HeldBeginnings(clock, ({ dispatch }) => told.push(dispatch));
    const [earlier, later] = [record(1), record(2)];
    expect(earlier.taskId).toBe(later.taskId);
    beginnings.hold(earlier);
    clock.pass(50);
    beginnings.hold(later);
    expect(beginnings.take(earlier)).toBeUndefined();
    clock.pass(50);
    expect(told).toEqual([1, 2]);
  });
});
