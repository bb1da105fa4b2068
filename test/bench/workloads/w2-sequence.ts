import type { Workload } from '../bench.ts';
import { sequence } from '../load/definitions.ts';
import { closedLoop } from '../load/loops.ts';
import { latencies } from '../report/figures.ts';

const tasks = 10;
const name = 'bench_ten';
const type = 'bench_ten_task';

export const w2: Workload = {
  title: 'ten SIMPLE tasks in sequence, synchronously',
  goals: (kind, workers) => ({
    'workflows/s': kind === 'embedded' ? 1_000 : workers === 'native' ? 800 : 400,
    'CPU µs/task': 150,
  }),
  async prepare(bench) {
    await bench.conductor.register([sequence(name, type, tasks)], [type]);
    await bench.work([type]);
    await closedLoop(1_500, bench.concurrency(64), (n) => bench.conductor.execute(name, { n }));
  },
  async measure(bench) {
    const count = bench.count(1_500);
    const { result, figures } = await bench.used('task', count * tasks, () =>
      closedLoop(count, bench.concurrency(64), (n) => bench.conductor.execute(name, { n })),
    );
    return {
      'workflows/s': count / result.seconds,
      'tasks/s': (count * tasks) / result.seconds,
      ...latencies(result.latencies),
      ...figures,
    };
  },
};
