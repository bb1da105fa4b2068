import type { Fuel } from './script.ts';

/** What one program may spend when nobody says otherwise; a few milliseconds at worst. */
export const scriptFuel = 10_000;

/** After a program ran out of fuel it is left to the full engine this many times. */
const runsLeftOut = 64;

/** Keeps a program that is known to need more than it gets from spending it again and again. */
export function programFuel(): <T extends object>(
  fuel: Fuel | undefined,
  run: (fuel: Fuel) => T,
) => T | { readonly beyond: string } {
  let skip = 0;
  return (given, run) => {
    if (skip > 0) {
      skip--;
      return { beyond: 'it has run out of fuel lately' };
    }
    const fuel = given ?? { left: scriptFuel };
    const before = fuel.left;
    const outcome = run(fuel);
    if (fuel.left < 0 && before >= scriptFuel) skip = runsLeftOut;
    return outcome;
  };
}
