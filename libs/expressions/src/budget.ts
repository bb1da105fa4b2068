/**
 * Bounds of one rendering. A step is one value visited by a wildcard, slice, filter or descent; plain paths are bounded
 * by their own length.
 */
export const renderLimits = {
  steps: 250_000,
  /** UTF-16 units of text that splicing may produce. */
  characters: 4 * 1024 * 1024,
  /** Length of one path, after inner spans were put in. */
  pathCharacters: 4096,
  /** Spans within spans, filters within filters. */
  nesting: 32,
  /** Objects and lists within each other, in templates and in values that become text. */
  depth: 1000,
} as const;

/** The expression asks for more than {@link renderLimits} allow: the task that owns it fails, finally. */
export class RenderLimitExceeded extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RenderLimitExceeded';
  }
}

/** What one rendering may still spend. */
export class Budget {
  #steps: number = renderLimits.steps;
  #characters: number = renderLimits.characters;

  step(): void {
    if (--this.#steps < 0) {
      throw new RenderLimitExceeded(
        `an expression visits more than ${renderLimits.steps} values; make its path narrower`,
      );
    }
  }

  write(characters: number): void {
    this.#characters -= characters;
    if (this.#characters < 0) {
      throw new RenderLimitExceeded(`an expression makes more than ${renderLimits.characters} characters of text`);
    }
  }
}
