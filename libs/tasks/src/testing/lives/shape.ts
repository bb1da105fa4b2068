import type { Seeded } from './seeded.ts';

/** A task of a random definition, and the lists of tasks inside it. Small and plain, so that a failure can be shrunk. */
export interface Shape {
  readonly kind: Kind;
  /** Chooses among the ways in which a kind can be written. */
  readonly way: number;
  readonly lists: readonly (readonly Shape[])[];
}

const leaves = [
  ...['simple', 'http', 'unknown', 'noop', 'variable', 'wait', 'human', 'child', 'dynamic', 'generated'],
  ...['inline', 'lambda', 'jq', 'event', 'publish', 'begin', 'look', 'update', 'terminate'],
] as const;
/** With one list of tasks inside them, or with up to three. */
const containers = ['loop', 'fork', 'switch', 'decision', 'exclusive'] as const;
export type Leaf = (typeof leaves)[number];
export type Kind = Leaf | (typeof containers)[number];

/** Up to three tasks, half of them worker tasks, nested up to three deep. */
export function randomShapes(seeded: Seeded, depth = 3): readonly Shape[] {
  return seeded.list(3, () => randomShape(seeded, depth));
}

function randomShape(seeded: Seeded, depth: number): Shape {
  const kind = randomKind(seeded, depth);
  const lists = Array.from({ length: listsIn(kind, seeded) }, () => randomShapes(seeded, depth - 1));
  return { kind, way: seeded.int(1000), lists };
}

function randomKind(seeded: Seeded, depth: number): Kind {
  if (depth > 1 && seeded.chance(30)) return seeded.pick(containers);
  if (seeded.chance(40)) return 'simple';
  return seeded.pick(leaves);
}

function listsIn(kind: Kind, seeded: Seeded): number {
  if (kind === 'loop') return 1;
  return containers.some((container) => container === kind) ? 1 + seeded.int(3) : 0;
}
