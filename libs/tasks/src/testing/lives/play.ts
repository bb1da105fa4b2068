import { lifeOf } from './life.ts';
import { problemOf, shrink } from './shrink.ts';
import type { Met } from './watch.ts';

/** Plays that many lives and answers what was met; the first that breaks is shrunk, named by its seed, and thrown. */
export function playLives(count: number, from: number): Met {
  const met: Met = new Map();
  for (let seed = from; seed < from + count; seed++) {
    const life = lifeOf(seed);
    const problem = problemOf(life, met);
    if (problem === undefined) continue;
    const smallest = shrink(life, problem);
    throw new Error(
      `life ${seed}: ${problem}\n\nAs small as it gets: ${smallest.problem}\n${JSON.stringify(smallest.life)}\n\n` +
        `PARTITURA_LIVES_FROM=${seed} PARTITURA_LIVES=1 plays it again`,
    );
  }
  return met;
}
