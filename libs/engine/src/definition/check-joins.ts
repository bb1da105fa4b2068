import type { WorkflowTask } from '@partitura/model';
import { kindOf, type TaskKinds } from '../task-kinds.ts';
import { didYouMean } from './nearest.ts';
import { problem, type Problem } from './problem.ts';
import { loopAround, type Spot } from './spots.ts';
import { stuckJoins } from './stuck-joins.ts';

const guessesMax = 20;

/** A task that waits for others. */
export interface Joining {
  readonly spot: Spot;
  /** Those that it waits for and that can be there for it. */
  readonly joined: readonly Spot[];
}

/**
 * Joins that can never be met, whatever is chosen, reported or set: they would stand for ever.
 *
 * What a join may wait for is looked at with every doubt in its favour: tasks that are generated only when the workflow
 * runs may bear any name.
 */
export function checkJoins(spots: readonly Spot[], kinds: TaskKinds): readonly Problem[] {
  const problems: Problem[] = [];
  // Guessing what was meant looks at every name there is.
  let guesses = guessesMax;
  const byName = namesOf(spots);
  const generates = spots.some(({ task }) => kindOf(kinds, task).unfold !== undefined);
  const joining: Joining[] = [];

  for (const spot of spots) {
    const waits = kindOf(kinds, spot.task).waitsFor?.(spot.task, spot.previous?.task);
    if (waits === undefined) continue;
    const { names, until } = waits;
    const refused = (why: string): void => void problems.push(problem(`${spot.path}.joinOn`, why));
    const unknown = generates ? [] : names.filter((name) => !byName.has(name) && !namesIteration(name, byName));
    if (until === 'any') {
      if (unknown.length === names.length && names.length > 0) refused(nobodyIs(unknown, ''));
      continue;
    }
    for (const name of unknown) refused(nobodyIs([name], guesses-- > 0 ? didYouMean(name, byName.keys()) : ''));
    const known = names.map((name) => byName.get(name)).filter((each) => each !== undefined && each !== 'several');
    for (const other of known) {
      const apart = inAnotherLoop(spot, other);
      if (apart !== undefined) refused(apart);
    }
    const joined = known.filter((other) => loopAround(other) === loopAround(spot));
    const exclusive = excluded([spot, ...joined]);
    if (exclusive !== undefined) refused(exclusive);
    joining.push({ spot, joined });
  }
  for (const { spot, on } of stuckJoins(spots, joining)) {
    const names = on.map(({ task }) => task.taskReferenceName).join(', ');
    const why = `${spot.task.taskReferenceName} waits for ${names}, which cannot end before it: wait only for tasks of earlier or parallel lists`;
    problems.push(problem(`${spot.path}.joinOn`, why));
  }
  return problems;
}

/** Tasks by their names; of a name that is borne twice nothing is said but that it exists. */
function namesOf(spots: readonly Spot[]): ReadonlyMap<string, Spot | 'several'> {
  const byName = new Map<string, Spot | 'several'>();
  for (const spot of spots) {
    const { taskReferenceName: name } = spot.task as Partial<WorkflowTask>;
    if (name !== undefined) byName.set(name, byName.has(name) ? 'several' : spot);
  }
  return byName;
}

const nobodyIs = (names: readonly string[], hint: string): string =>
  `no task of the definition has the taskReferenceName ${names.join(' or ')}: name tasks that exist, or leave it out${hint}`;

/** `a__2` is what the task `a` of a loop is called in the second iteration. */
function namesIteration(name: string, known: ReadonlyMap<string, unknown>): boolean {
  const base = withoutIterations(name);
  return base !== name && known.has(base);
}

/** `a__2__1` without `__2__1`. By hand: a pattern that may match anywhere would look at long names again and again. */
function withoutIterations(name: string): string {
  let end = name.length;
  for (;;) {
    let digits = end;
    while (isDigit(name.charCodeAt(digits - 1))) digits--;
    if (digits === end || digits < 3 || !name.startsWith('__', digits - 2)) return name.slice(0, end);
    end = digits - 2;
  }
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

/** In every iteration the names of tasks are others, and a join looks for those of its own. */
function inAnotherLoop(join: Spot, other: Spot): string | undefined {
  const [own, others] = [loopAround(join), loopAround(other)];
  if (own === others) return undefined;
  const place = (loop: Spot | undefined): string =>
    loop === undefined ? 'outside of every loop' : `in the loop ${loop.task.taskReferenceName}`;
  return (
    `${join.task.taskReferenceName} runs ${place(own)} and ${other.task.taskReferenceName} ${place(others)}, where it is not seen: ` +
    'wait for tasks of the same loop, or for the loop itself'
  );
}

/** Two tasks of which only one can run, because a choice lies between them. */
function excluded(spots: readonly Spot[]): string | undefined {
  const taken = new Map<Spot, { readonly key: string; readonly by: Spot }>();
  for (const by of spots) {
    for (let { around } = by; around !== undefined; around = around.spot.around) {
      if (around.list !== 'case') continue;
      const before = taken.get(around.spot);
      if (before === undefined) taken.set(around.spot, { key: around.key, by });
      else if (before.key !== around.key) {
        return (
          `${before.by.task.taskReferenceName} and ${by.task.taskReferenceName} never run together: ` +
          `${around.spot.task.taskReferenceName} chooses either ${before.key} or ${around.key}; ` +
          'wait for what runs in every case, such as the choice itself, or use an EXCLUSIVE_JOIN'
        );
      }
    }
  }
  return undefined;
}
