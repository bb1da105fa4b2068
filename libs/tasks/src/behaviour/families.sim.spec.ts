import { describe, it } from '@jest/globals';
import { playFamilies } from '../testing/lives/play-families.ts';

/** As for `lives.sim.spec.ts`. */
const count = Number(process.env['PARTITURA_LIVES'] ?? 3_000);
const from = Number(process.env['PARTITURA_LIVES_FROM'] ?? 0);

describe('parents and children whose words to each other take their time', () => {
  it(
    `come to rest, wait for nothing that will never come, and work for nobody who has gone (${count} from seed ${from})`,
    () => {
      playFamilies(count, from);
    },
    count * 1_000,
  );
});
