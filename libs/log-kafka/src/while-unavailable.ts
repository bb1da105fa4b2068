import { Fault } from '@partitura/model';

/**
 * Repeats what failed because there is no coordinator for the moment: after a start, and while it moves, that is part
 * of normal life. Gives up with the last fault after `patienceMs`.
 */
export async function whileUnavailable<T>(
  patienceMs: number,
  work: () => Promise<T>,
  beforeAgain: () => void,
): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (let pauseMs = 25; ; pauseMs = Math.min(2 * pauseMs, 500))
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Fault) || !error.retryable || performance.now() + pauseMs > deadline) throw error;
      beforeAgain();
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
}
