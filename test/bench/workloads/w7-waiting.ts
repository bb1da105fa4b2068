import type { Workload } from '../bench.ts';
import { waiting } from '../load/definitions.ts';
import { closedLoop } from '../load/loops.ts';

const name = 'bench_waiting';

/** Memory of the processes that know running workflows: all of them, or the deciders. */
export const w7: Workload = {
  title: 'workflows that wait for a person: what each takes in memory',
  goals: () => ({ 'resident B/workflow': 500 }),
  async prepare(bench) {
    await bench.conductor.register([waiting(name)], []);
    await closedLoop(20_000, bench.concurrency(64), () => bench.conductor.start(name));
  },
  async measure(bench) {
    const count = bench.count(50_000);
    const deciding = bench.system.processes.filter((process) => ['server', 'decider'].includes(process.name));
    const resident = (): number => deciding.reduce((sum, process) => sum + process.residentMiB(), 0) * 2 ** 20;
    const before = resident();
    const { seconds } = await closedLoop(count, bench.concurrency(64), () => bench.conductor.start(name));
    return { 'starts/s': count / seconds, 'resident B/workflow': (resident() - before) / count };
  },
};
