import { live, type Life } from './life.ts';
import type { Met } from './watch.ts';
import type { Shape } from './shape.ts';

/** A life that breaks something, as small as leaving out steps and tasks makes it, and what it breaks. */
export interface Broken {
  readonly life: Life;
  readonly problem: string;
}

/** Undefined: nothing breaks. */
export function problemOf(life: Life, met?: Met): string | undefined {
  try {
    live(life, met);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Leaves out whatever can be left out so that it still breaks; a different problem is a problem too. */
export function shrink(life: Life, problem: string, triesMax = 2000): Broken {
  let broken: Broken = { life, problem };
  let tries = 0;
  for (let smaller = true; smaller;) {
    smaller = false;
    for (const candidate of smallerThan(broken.life)) {
      if (++tries > triesMax) return broken;
      const found = problemOf(candidate);
      if (found === undefined) continue;
      broken = { life: candidate, problem: found };
      smaller = true;
      break;
    }
  }
  return broken;
}

function* smallerThan(life: Life): Generator<Life> {
  for (const steps of without(life.steps)) yield { ...life, steps };
  for (const shapes of smallerLists(life.shapes)) yield { ...life, shapes };
}

/** The first or the second half, then each element left out. */
function* without<T>(list: readonly T[]): Generator<readonly T[]> {
  const half = list.length >> 1;
  if (half > 1) {
    yield list.slice(half);
    yield list.slice(0, half);
  }
  for (let i = list.length - 1; i >= 0; i--) yield [...list.slice(0, i), ...list.slice(i + 1)];
}

function* smallerLists(shapes: readonly Shape[]): Generator<readonly Shape[]> {
  if (shapes.length > 1) yield* without(shapes);
  for (const [i, shape] of shapes.entries()) {
    for (const smaller of smallerShapes(shape)) yield [...shapes.slice(0, i), ...smaller, ...shapes.slice(i + 1)];
  }
}

/** What is inside it alone, or it with less inside. */
function* smallerShapes(shape: Shape): Generator<readonly Shape[]> {
  for (const list of shape.lists) yield list;
  if (shape.lists.length > 1) for (const lists of without(shape.lists)) yield [{ ...shape, lists }];
  for (const [i, list] of shape.lists.entries()) {
    for (const smaller of smallerLists(list)) {
      yield [{ ...shape, lists: [...shape.lists.slice(0, i), smaller, ...shape.lists.slice(i + 1)] }];
    }
  }
}
