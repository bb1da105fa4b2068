import { describe, expect, it } from '@jest/globals';
import { lifeOf } from '../testing/lives/life.ts';
import { playLives } from '../testing/lives/play.ts';

/** A hundred of the lives that `lives.sim.spec.ts` plays by the thousand. */
describe('whatever happens to whatever workflow', () => {
  it('what is remembered agrees with what happened, nothing happens twice, and all comes to an end', () => {
    const met = playLives(100, 500_000);
    expect(met.get('event: WorkflowEnded')).toBeGreaterThan(100);
  });

  it('is a function of the seed', () => {
    expect(lifeOf(7)).toEqual(lifeOf(7));
    expect([...playLives(4, 7)]).toEqual([...playLives(4, 7)]);
  });
});
