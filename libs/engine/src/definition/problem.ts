/** One thing that is wrong with a definition. */
export interface Problem {
  /** Where, from the definition downwards: `tasks[0].forkTasks[1].<list element>[0].name`; '' for the whole. */
  readonly path: string;
  readonly message: string;
  /** The refused value as text, where there was one. */
  readonly invalidValue?: string;
}

export const problem = (path: string, message: string, invalid?: unknown): Problem =>
  invalid === undefined || invalid === null
    ? { path, message }
    : { path, message, invalidValue: typeof invalid === 'string' ? invalid : JSON.stringify(invalid) };

const problemsMax = 1_000;

/** As many as a person can want to read at once; the last one counts the rest. */
export function firstProblems(problems: readonly Problem[]): readonly Problem[] {
  const more = problems.length - problemsMax;
  return more <= 0 ? problems : [...problems.slice(0, problemsMax), problem('', `${more} more problems`)];
}

/** `tasks` and `name` give `tasks.name`; nothing and `name` give `name`. */
export const below = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);
