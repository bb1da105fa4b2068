import { describe, expect, it } from '@jest/globals';
import { Scenario } from '../testing/scenario.ts';
import { fork, join, simple, taskDef, workflow } from '../testing/shapes.ts';

const refs = (n: number): string[] => Array.from({ length: n }, (_, i) => `a_${i}`);
const named = (ref: string) => ({ ...simple(ref), name: 'a' });
const shapes = {
  sequence: (n: number) => refs(n).map(named),
  fork: (n: number) => [
    fork(
      'f',
      refs(n).map((ref) => [named(ref)]),
    ),
    join('j', refs(n)),
  ],
};

/** CPU microseconds per completed task, in the middle of a workflow of n tasks. */
function costPerTask(shape: keyof typeof shapes, n: number): number {
  const scenario = new Scenario({
    tasks: [taskDef('a')],
    workflows: [workflow('w', shapes[shape](n))],
    eventsPerDecision: 1_000_000,
    bytesPerDecision: 1_000_000_000,
  });
  const measured = 150;
  const runs = Math.max(1, Math.ceil(measured / (n - 1)));
  let spent = 0;
  let count = 0;
  for (let i = 0; i < runs; i++) {
    const run = scenario.start('w');
    const tasks = refs(n).slice(0, Math.min(measured, n - 1));
    const before = process.cpuUsage();
    for (const ref of tasks) run.complete(ref);
    const { user, system } = process.cpuUsage(before);
    spent += user + system;
    count += tasks.length;
  }
  return spent / count;
}

describe('the cost of an event', () => {
  it.each(['sequence', 'fork'] as const)('does not grow with the workflow: %s', (shape) => {
    costPerTask(shape, 30);
    const small = costPerTask(shape, 11);
    const large = costPerTask(shape, 1_001);
    // A cost that grew with the workflow would be ninety times as high.
    expect(large / small).toBeLessThan(20);
  });
});
