import { describe, expect, it } from '@jest/globals';
import { mutants, type Mutant } from './mutants.ts';
import { BrokenRun, simulate } from './simulate.ts';

/** How many seeds may pass a mutant by before that counts as not seeing it. */
const seedsMost = Number(process.env['PARTITURA_SIM_MUTANT_SEEDS'] ?? 60);

/** The seed that catches it, and what was found there. */
async function hunt(mutant: Mutant): Promise<string> {
  const { from = 1 } = mutant;
  let otherwise = '';
  for (let seed = from; seed < from + seedsMost; seed++) {
    try {
      await simulate({ seed, ...mutant });
    } catch (why) {
      if (!(why instanceof BrokenRun)) throw why;
      if (mutant.caughtBy.test(why.finding)) return `seed ${seed}: ${why.finding}`;
      otherwise = ` (seed ${seed} only finds: ${why.finding})`;
    }
  }
  return `not seen in ${seedsMost} seeds from ${from}${otherwise}`;
}

describe('a runtime without one of its rules', () => {
  it.each(Object.entries(mutants))('%s is caught', async (_, mutant) => {
    expect(await hunt(mutant)).toMatch(/^seed/);
  });
});

describe('the faithful runtime', () => {
  const stories = Object.entries(mutants).filter(([, mutant]) => mutant.story);
  it.each(stories)('goes through the story of %s unharmed', async (_, mutant) => {
    const { weather = {}, settings = {}, story } = mutant;
    const { seed } = await simulate({ seed: 1, weather, settings, ...(story ? { story } : {}) });
    expect(seed).toBe(1);
  });
});
