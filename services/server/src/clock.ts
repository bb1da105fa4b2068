import { performance } from 'node:perf_hooks';
import type { Clock } from '@partitura/log';

/** The machine's own time: the one place where the product looks at it. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};
