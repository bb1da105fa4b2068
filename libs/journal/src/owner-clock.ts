import type { Clock } from '@partitura/log';

const slew = 0.1;

/**
 * The time by which one owner decides: its monotonic clock, set to wall time at the claim, then drawn towards wall time
 * by at most a tenth, so that a jump of the wall clock fires nothing early and is made up for gently.
 */
export class OwnerClock {
  readonly #clock: Clock;
  #value: number;
  #monotonic: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#value = clock.now();
    this.#monotonic = clock.monotonic();
  }

  /** Epoch ms, whole. */
  now(): number {
    const monotonic = this.#clock.monotonic();
    const passed = Math.max(0, monotonic - this.#monotonic);
    const behind = this.#clock.now() - (this.#value + passed);
    const most = passed * slew;
    this.#value += passed + Math.max(-most, Math.min(most, behind));
    this.#monotonic = monotonic;
    return Math.floor(this.#value);
  }
}

/** Readings of both clocks just before something was sent, or just after its acknowledgement came. */
export interface Reading {
  readonly wall: number;
  readonly owner: number;
}

/**
 * Whether the broker stamped an append with a time that both our clocks could have shown while it was under way. If
 * not, one of us is wrong about time, and an owner that is wrong about time must not fire timers.
 */
export function plausible(sent: Reading, acked: Reading, appendTime: number, toleranceMs: number): boolean {
  return (
    appendTime >= sent.wall - toleranceMs &&
    appendTime <= acked.wall + toleranceMs &&
    appendTime >= sent.owner - toleranceMs &&
    appendTime <= acked.owner + toleranceMs
  );
}
