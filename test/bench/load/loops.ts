import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds each run took, ascending, and how long all of them took together. */
export interface LoopResult {
  readonly latencies: readonly number[];
  readonly seconds: number;
}

/** A number of clients, of which each begins anew when it is answered. */
export async function closedLoop(
  count: number,
  concurrency: number,
  one: (n: number) => Promise<unknown>,
): Promise<LoopResult> {
  const latencies: number[] = [];
  const began = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: Math.min(concurrency, count) }, async () => {
      while (next < count) {
        const n = next++;
        const at = performance.now();
        await one(n);
        latencies.push(performance.now() - at);
      }
    }),
  );
  return { latencies: latencies.sort((a, b) => a - b), seconds: (performance.now() - began) / 1_000 };
}

/**
 * Clients that come when they come, however long others take: latency counts from when one should have begun, so a
 * server that stalls is not spared what had come meanwhile.
 */
export async function openLoop(
  count: number,
  perSecond: number,
  one: (n: number) => Promise<unknown>,
): Promise<LoopResult> {
  const latencies: number[] = [];
  const running = new Set<Promise<void>>();
  const began = performance.now();
  for (let n = 0; n < count; n++) {
    const due = began + (n / perSecond) * 1_000;
    const early = due - performance.now();
    if (early > 1) await sleep(early);
    const run = one(n).then(() => {
      latencies.push(performance.now() - due);
      running.delete(run);
    });
    running.add(run);
  }
  await Promise.all(running);
  return { latencies: latencies.sort((a, b) => a - b), seconds: (performance.now() - began) / 1_000 };
}
