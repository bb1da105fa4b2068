import type { Seeded } from './seeded.ts';

/** A task of a random definition, and the lists of tasks inside it. Small and plain, so that a failure can be shrunk. */
export interface Shape {
  readonly kind: Kind;
  /** Chooses among the ways in which a kind can be written. */
  readonly way: number;
  readonly lists: readonly (readonly Shape[])[];
}

/** How many task lists a kind has inside: none, one, or some. */
const kinds = {
  simple: 'none',
  http: 'none',
  unknown: 'none',
  noop: 'none',
  variable: 'none',
  wait: 'none',
  human: 'none',
  child: 'none',
  dynamic: 'none',
  generated: 'none',
  terminate: 'none',
  fork: 'some',
  switch: 'some',
} as const;
export type Kind = keyof typeof kinds;

const leaves = (Object.keys(kinds) as Kind[]).filter((kind) => kinds[kind] === 'none' && kind !== 'terminate');
const containers = (Object.keys(kinds) as Kind[]).filter((kind) => kinds[kind] !== 'none');

/** Up to three tasks, half of them worker tasks, nested up to three deep. */
export function randomShapes(seeded: Seeded, depth = 3): readonly Shape[] {
  return seeded.list(3, () => randomShape(seeded, depth));
}

function randomShape(seeded: Seeded, depth: number): Shape {
  const kind = randomKind(seeded, depth);
  const inside = kinds[kind] === 'none' ? 0 : 1 + seeded.int(3);
  const lists = Array.from({ length: inside }, () => randomShapes(seeded, depth - 1));
  return { kind, way: seeded.int(1000), lists };
}

function randomKind(seeded: Seeded, depth: number): Kind {
  if (depth > 1 && seeded.chance(30)) return seeded.pick(containers);
  if (seeded.chance(40)) return 'simple';
  return seeded.pick(leaves);
}
