import type { Workload } from '../bench.ts';
import { noop } from '../load/definitions.ts';
import { closedLoop } from '../load/loops.ts';
import { latencies } from '../report/figures.ts';

export const w1: Workload = {
  title: 'a workflow of one task that does nothing, synchronously',
  goals: (kind) => ({ 'workflows/s': kind === 'embedded' ? 5_500 : 2_500 }),
  async prepare(bench) {
    await bench.conductor.register([noop('bench_noop')], []);
    await closedLoop(5_000, bench.concurrency(64), () => bench.conductor.execute('bench_noop'));
  },
  async measure(bench) {
    const count = bench.count(10_000);
    const { result, figures } = await bench.used('workflow', count, () =>
      closedLoop(count, bench.concurrency(64), () => bench.conductor.execute('bench_noop')),
    );
    return { 'workflows/s': count / result.seconds, ...latencies(result.latencies), ...figures };
  },
};
