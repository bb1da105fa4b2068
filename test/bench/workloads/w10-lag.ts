import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, Workload } from '../bench.ts';
import { sequence } from '../load/definitions.ts';
import { closedLoop, openLoop } from '../load/loops.ts';
import { latencies } from '../report/figures.ts';

const name = 'bench_lag';
const type = 'bench_lag_task';
const every = 10;
let workflowsPerSecond = Number.NaN;

/** Milliseconds from the end of a workflow, as its starter hears of it, until a search finds it ended. */
async function lagOf({ conductor }: Bench, workflowId: string): Promise<number> {
  const began = performance.now();
  const query = encodeURIComponent(`workflowId = "${workflowId}" AND status = COMPLETED`);
  for (;;) {
    const { totalHits } = await conductor.json<{ totalHits: number }>('GET', `/workflow/search?size=1&query=${query}`);
    if (totalHits > 0) return performance.now() - began;
    await sleep(5);
  }
}

export const w10: Workload = {
  title: 'how far searches lag behind at 80 % of what ten SIMPLE tasks in sequence reach',
  goals: () => ({ 'lag p99 ms': 500 }),
  async prepare(bench) {
    await bench.conductor.register([sequence(name, type, 10)], [type]);
    await bench.work([type]);
    const run = (n: number): Promise<string> => bench.conductor.execute(name, { n });
    await closedLoop(1_500, bench.concurrency(64), run);
    workflowsPerSecond = 500 / (await closedLoop(500, bench.concurrency(64), run)).seconds;
  },
  async measure(bench) {
    const count = bench.count(1_000);
    const rate = 0.8 * workflowsPerSecond;
    const lags: number[] = [];
    const run = async (n: number): Promise<void> => {
      const workflowId = await bench.conductor.execute(name, { n });
      if (n % every === 0) lags.push(await lagOf(bench, workflowId));
    };
    await openLoop(count, rate, run);
    lags.sort((a, b) => a - b);
    return { 'offered workflows/s': rate, ...latencies(lags, 'lag ') };
  },
};
