import { describe, expect, it } from '@jest/globals';
import { mkdirSync, writeFileSync } from 'node:fs';
import { BrokenRun, simulate } from './simulate.ts';

/** How many seeds, and from which on: `PARTITURA_SIM_SEEDS=5000 PARTITURA_SIM_FROM=100000` for a long night. */
const seeds = Number(process.env['PARTITURA_SIM_SEEDS'] ?? 150);
const firstSeed = Number(process.env['PARTITURA_SIM_FROM'] ?? 1);

/** A run of that many seeds that has not met these proves little about them. */
const expected = [
  'append ack lost',
  'append doubled',
  'append carried out late',
  'append carried out after its sender died',
  'kill',
  'crash in a call',
  'freeze',
  'member expelled',
  'checkpoint',
  'snapshot: revival',
  'outcome: forwarded',
  'outcome: deferred',
  'outcome: parked',
  'outcome: duplicate',
  'outcome: deadLettered',
  'event: TaskEnded TIMED_OUT',
  'event: WorkPostponed',
  'event: WorkflowRetried',
  'event: WorkflowRestarted',
  'event: WorkflowRerun',
  'event: VariablesSet',
  'event: TaskEnded SKIPPED',
];

describe('partition owners in a storm', () => {
  it(
    `keep one history, whatever goes wrong (${seeds} seeds from ${firstSeed})`,
    async () => {
      const counts = new Map<string, number>();
      for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
        const report = await simulate({ seed }).catch(keepTrace);
        for (const [what, count] of report.counts) counts.set(what, (counts.get(what) ?? 0) + count);
      }
      if (process.env['PARTITURA_SIM_SEEDS']) console.log(tableOf(counts));
      if (seeds >= 60) expect(expected.filter((what) => !counts.has(what))).toEqual([]);
    },
    seeds * 20_000,
  );
});

/** The whole trace goes to a file; the message has its end and the seed. */
function keepTrace(why: unknown): never {
  if (!(why instanceof BrokenRun)) throw why;
  const folder = new URL('../../.cache/simulation/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const file = new URL(`seed-${why.seed}.txt`, folder);
  writeFileSync(file, why.trace);
  throw new Error(`${why.message}\n\nAll of it: .cache/simulation/seed-${why.seed}.txt`, { cause: why });
}

const tableOf = (counts: ReadonlyMap<string, number>): string =>
  [...counts]
    .sort()
    .map(([what, count]) => `${String(count).padStart(9)} ${what}`)
    .join('\n');
