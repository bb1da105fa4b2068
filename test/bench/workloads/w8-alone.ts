import type { Workload } from '../bench.ts';
import { sequence } from '../load/definitions.ts';
import { closedLoop } from '../load/loops.ts';
import { latencies } from '../report/figures.ts';

const tasks = 3;
const name = 'bench_three';
const type = 'bench_three_task';

export const w8: Workload = {
  title: 'three SIMPLE tasks in sequence, synchronously, one client',
  goals: (kind, workers) => {
    if (kind === 'embedded') return { 'p50 ms': 5, 'p99 ms': 15 };
    return workers === 'native' ? { 'p50 ms': 8, 'p99 ms': 25 } : { 'p50 ms': 12, 'p99 ms': 35 };
  },
  async prepare(bench) {
    await bench.conductor.register([sequence(name, type, tasks)], [type]);
    await bench.work([type], 2);
    await closedLoop(2_000, 16, (n) => bench.conductor.execute(name, { n }));
    await closedLoop(200, 1, (n) => bench.conductor.execute(name, { n }));
  },
  async measure(bench) {
    const count = bench.count(1_000);
    const { result, figures } = await bench.used('task', count * tasks, () =>
      closedLoop(count, 1, (n) => bench.conductor.execute(name, { n })),
    );
    return { ...latencies(result.latencies), ...figures };
  },
};
