import type { Workload } from '../bench.ts';
import { fork } from '../load/definitions.ts';
import { closedLoop } from '../load/loops.ts';
import { latencies } from '../report/figures.ts';

const branchCount = 50;
const name = 'bench_fork';
const type = 'bench_fork_task';

export const w3: Workload = {
  title: `a fork of ${branchCount} SIMPLE tasks and its join, synchronously`,
  goals: (kind) => ({
    'workflows/s': kind === 'embedded' ? 200 : 120,
    ...(kind === 'embedded' && { 'alone p50 ms': 15 }),
  }),
  async prepare(bench) {
    await bench.conductor.register([fork(name, type, branchCount)], [type]);
    await bench.work([type]);
    await closedLoop(300, bench.concurrency(16), () => bench.conductor.execute(name));
  },
  async measure(bench) {
    const count = bench.count(300);
    const { result, figures } = await bench.used('task', count * branchCount, () =>
      closedLoop(count, bench.concurrency(16), () => bench.conductor.execute(name)),
    );
    const alone = await closedLoop(100, 1, () => bench.conductor.execute(name));
    return { 'workflows/s': count / result.seconds, ...latencies(alone.latencies, 'alone '), ...figures };
  },
};
