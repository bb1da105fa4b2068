import { type Faults, type Random, stormy } from '@partitura/log-simulated';

/** What a run is made of; each seed draws its own, so that some runs are all crashes and others all lost acks. */
export interface Weather {
  readonly partitions: number;
  readonly processes: number;
  readonly faults: Faults;
  /** How long the storm lasts, virtual ms. */
  readonly stormMs: number;
  /** Mean pauses between what clients do and what goes wrong with processes, virtual ms. */
  readonly clientMs: number;
  readonly mishapMs: number;
  /** How likely each mishap is, compared with the others. */
  readonly mishaps: Readonly<Record<Mishap, number>>;
  /** Means of how long a frozen decider stays frozen, and a reader that died stays away. */
  readonly frozenMs: number;
  readonly readerAwayMs: number;
  /** Wall clocks of deciders are off by at most this. */
  readonly skewMs: number;
  /** A journal loses its tail. */
  readonly truncates: boolean;
}

export type Mishap = 'kill' | 'killAtCall' | 'freeze' | 'cutGroups' | 'cutLog' | 'shuffle' | 'killReader';

export function drawWeather(random: Random, bias: Partial<Weather> = {}): Weather {
  const often = (): number => random.pick([0, 0.5, 1, 1, 2]);
  const { refused, lostRequest, lostAck, late, doubled, slow } = stormy;
  const drawn: Weather = {
    partitions: 2 + random.below(2),
    processes: 2 + random.below(2),
    faults: {
      ...stormy,
      refused: refused * often(),
      lostRequest: lostRequest * often(),
      lostAck: lostAck * often(),
      late: late * often(),
      doubled: doubled * often(),
      slow: slow * often(),
      timeoutMs: random.pick([150, 400, 1_000]),
      lateMs: random.pick([300, 1_500, 4_000]),
    },
    stormMs: random.between(6_000, 16_000),
    clientMs: random.pick([60, 120, 250]),
    mishapMs: random.pick([300, 700, 1_500]),
    mishaps: {
      kill: often(),
      killAtCall: often(),
      freeze: often(),
      cutGroups: often(),
      cutLog: often() / 2,
      shuffle: often(),
      killReader: often() / 2,
    },
    frozenMs: 1_500,
    readerAwayMs: 500,
    skewMs: random.chance(0.2) ? 700 : 0,
    truncates: random.chance(0.1),
  };
  return { ...drawn, ...bias };
}

export function drawMishap(random: Random, mishaps: Weather['mishaps']): Mishap | undefined {
  const all = Object.entries(mishaps) as [Mishap, number][];
  let at = random.next() * all.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [mishap, weight] of all) {
    at -= weight;
    if (at < 0) return mishap;
  }
  return undefined;
}
