import type { Bench, Workload } from '../bench.ts';
import { branches, dynamicFork } from '../load/definitions.ts';
import { closedLoop } from '../load/loops.ts';
import { percentile } from '../report/figures.ts';

const name = 'bench_dynamic';
const type = 'bench_dynamic_task';
const branchCounts = [1_000, 4_000];
const runsOf = (branchCount: number): number => Math.max(1, Math.round(10_000 / branchCount));

async function medianOf(bench: Bench, branchCount: number): Promise<number> {
  const input = branches(type, branchCount);
  const { latencies } = await closedLoop(runsOf(branchCount), 1, () => bench.conductor.execute(name, input));
  return percentile(latencies, 0.5);
}

export const w4: Workload = {
  title: 'a dynamic fork of 1,000 SIMPLE tasks and its join, alone',
  goals: (kind) => ({ 'of 1000 p50 ms': kind === 'embedded' ? 120 : 250 }),
  async prepare(bench) {
    await bench.conductor.register([dynamicFork(name)], [type]);
    await bench.work([type]);
    const input = branches(type, 500);
    await closedLoop(20, 2, () => bench.conductor.execute(name, input));
  },
  /** Twice as many should take twice as long: µs per branch of each size tell. */
  async measure(bench) {
    const figures: Record<string, number> = {};
    for (const branchCount of branchCounts) {
      const ms = await medianOf(bench, branchCount);
      figures[`of ${branchCount} p50 ms`] = ms;
      figures[`of ${branchCount} µs/branch`] = (ms / branchCount) * 1_000;
    }
    return figures;
  },
};
