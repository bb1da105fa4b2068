// node test/dist/bench/core.js [w1 w2 …] [--rounds N] [--scale N]
// What the core of a decider costs: commands read, decided, written as entries and handed on, without broker and HTTP.
import { parseArgs } from 'node:util';
import type { Json } from '@partitura/model';
import { QuickPartition } from './core/quick-partition.ts';
import { branches, dynamicFork, fork, inlineBody, loop, noop, sequence, simpleBody } from './load/definitions.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' }, scale: { type: 'string', default: '1' } },
});

const type = 'core_task';

interface Load {
  readonly definition: object;
  readonly input?: object;
  /** What a workflow's cost is divided by. */
  readonly units: number;
  readonly unit: string;
  readonly count: number;
  readonly concurrency: number;
}

const loads: Readonly<Record<string, Load>> = {
  w1: { definition: noop('noop'), units: 1, unit: 'workflow of one NOOP', count: 5_000, concurrency: 64 },
  w2: { definition: sequence('sequence', type, 10), units: 10, unit: 'SIMPLE task', count: 2_000, concurrency: 64 },
  w3: { definition: fork('fork', type, 50), units: 50, unit: 'branch of 50', count: 200, concurrency: 8 },
  w4: {
    definition: dynamicFork('dynamic'),
    input: branches(type, 1_000),
    units: 1_000,
    unit: 'branch of 1,000',
    count: 6,
    concurrency: 1,
  },
  inline: {
    definition: loop('inline', 100, inlineBody),
    units: 100,
    unit: 'iteration with INLINE',
    count: 50,
    concurrency: 1,
  },
  loop: {
    definition: loop('loop', 100, simpleBody(type)),
    units: 100,
    unit: 'iteration with SIMPLE',
    count: 50,
    concurrency: 1,
  },
};

const chosen = positionals.length > 0 ? positionals : Object.keys(loads);
for (const name of chosen) {
  const load = loads[name];
  if (load === undefined) throw new Error(`there is no load ${name}: ${Object.keys(loads).join(', ')}`);
  const { definition, input = { n: 1 }, units, unit, concurrency } = load;
  const count = Math.max(1, Math.round(load.count * Number(values.scale)));
  const partition = new QuickPartition({ ok: 1 });
  await partition.open([definition], type);
  const costs: number[] = [];
  for (let round = 0; round <= Number(values.rounds); round++) {
    const { name: workflow } = definition as { readonly name: string };
    const cpu = await partition.run(workflow, input as Json, count, concurrency);
    costs.push(cpu / count / units);
  }
  const [first = 0, ...warm] = costs;
  const sorted = warm.toSorted((a, b) => a - b);
  const median = sorted[sorted.length >> 1] ?? 0;
  console.log(
    `${name.padEnd(8)}${median.toFixed(1).padStart(8)} µs per ${unit.padEnd(24)} from ${(sorted[0] ?? 0).toFixed(1)}, cold ${first.toFixed(1)}`,
  );
  await partition.close();
}
