/** Time as the world has it. Handed to everything that must wait or measure, so that a simulation can hand its own. */
export interface Clock {
  /** Epoch ms; may jump. */
  now(): number;
  /** Milliseconds since some moment; never goes back, never jumps. */
  monotonic(): number;
  /** Runs `task` once, after about `delayMs`; the returned function cancels. */
  after(delayMs: number, task: () => void): () => void;
}

/** Resolves after about `delayMs`. */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}
