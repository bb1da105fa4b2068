import { familyOf, liveInFamily, type FamilyLife } from './family.ts';

/** Plays that many families; the first that breaks is named by its seed, with as few steps as it takes, and thrown. */
export function playFamilies(count: number, from: number): void {
  for (let seed = from; seed < from + count; seed++) {
    const life = familyOf(seed);
    if (problemOf(life) === undefined) continue;
    const smallest = shrunk(life);
    throw new Error(
      `family ${seed}: ${problemOf(smallest) ?? ''}\n\n${JSON.stringify(smallest)}\n\n` +
        `PARTITURA_LIVES_FROM=${seed} PARTITURA_LIVES=1 plays it again`,
    );
  }
}

function problemOf(life: FamilyLife): string | undefined {
  try {
    liveInFamily(life);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Whatever step can be left out is left out; a different problem is a problem too. */
function shrunk(life: FamilyLife): FamilyLife {
  let broken = life;
  for (let i = life.steps.length - 1; i >= 0; i--) {
    const candidate = { ...broken, steps: broken.steps.toSpliced(i, 1) };
    if (problemOf(candidate) !== undefined) broken = candidate;
  }
  return broken;
}
