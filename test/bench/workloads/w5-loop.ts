import type { Workload } from '../bench.ts';
import { inlineBody, loop, simpleBody } from '../load/definitions.ts';
import { closedLoop } from '../load/loops.ts';
import { latencies } from '../report/figures.ts';

const iterations = 100;
const type = 'bench_loop_task';

export const w5: Workload = {
  title: `a loop of ${iterations} iterations, alone: with a program inside, and with a SIMPLE task`,
  goals: (kind) =>
    kind === 'embedded' ? { 'inline p50 ms': 3, 'simple p50 ms': 110 } : { 'inline p50 ms': 6, 'simple p50 ms': 350 },
  async prepare(bench) {
    await bench.conductor.register(
      [loop('bench_loop_inline', iterations, inlineBody), loop('bench_loop_simple', iterations, simpleBody(type))],
      [type],
    );
    await bench.work([type], 2);
    await closedLoop(100, 2, () => bench.conductor.execute('bench_loop_inline'));
    await closedLoop(10, 2, () => bench.conductor.execute('bench_loop_simple'));
  },
  async measure(bench) {
    const inline = await closedLoop(bench.count(100), 1, () => bench.conductor.execute('bench_loop_inline'));
    const simple = await closedLoop(bench.count(15), 1, () => bench.conductor.execute('bench_loop_simple'));
    return { ...latencies(inline.latencies, 'inline '), ...latencies(simple.latencies, 'simple ') };
  },
};
