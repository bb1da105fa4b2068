import { lifeOf, type Met } from './life.ts';
import { problemOf, shrink } from './shrink.ts';

/**
 * Plays that many lives and answers what was met; the first that breaks is shrunk, named by its seed, and thrown.
 *
 * @param broken Seeds of lives that are known to break and are written down as still to mend.
 */
export function playLives(count: number, from: number, broken: ReadonlySet<number> = new Set()): Met {
  const met: Met = new Map();
  for (let seed = from; seed < from + count; seed++) {
    if (broken.has(seed)) continue;
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
