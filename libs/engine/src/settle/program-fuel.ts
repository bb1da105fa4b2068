import { scriptFuel } from '@partitura/expressions';

/**
 * What programs may spend, in the steps of the interpreters. A decision that has spent its share leaves the rest of its
 * work to the next one, so that the other workflows of the partition have their turn.
 */
export const programFuel = { program: scriptFuel, decision: 6 * scriptFuel } as const;
