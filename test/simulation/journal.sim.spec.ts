import { describe, expect, it } from '@jest/globals';
import { simulate } from './simulate.ts';

/** More by environment, for long nights. */
const seeds = Number(process.env['PARTITURA_SIM_SEEDS'] ?? 60);
const firstSeed = Number(process.env['PARTITURA_SIM_FROM'] ?? 1);

describe('partition owners in a storm', () => {
  it(`keep one history, whatever goes wrong (${seeds} seeds from ${firstSeed})`, async () => {
    const counts = new Map<string, number>();
    for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
      const report = await simulate({ seed }).catch((why: unknown) => {
        throw new Error(`seed ${seed}: ${why instanceof Error ? why.message : String(why)}`, { cause: why });
      });
      for (const [what, count] of report.counts) counts.set(what, (counts.get(what) ?? 0) + count);
    }
    console.log([...counts].map(([what, count]) => `${String(count).padStart(8)} ${what}`).join('\n'));
    for (const what of ['append ack lost', 'append doubled', 'freeze', 'kill', 'checkpoint', 'snapshot revival']) {
      expect([what, (counts.get(what) ?? 0) > 0]).toEqual([what, true]);
    }
  });
});
