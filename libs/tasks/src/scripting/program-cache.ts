const programsMax = 1_000;
const charactersMax = 4 * 1024 * 1024;

/**
 * Programs that are data, not definition: read once per text. A memory of a pure function; dropping any of it changes no
 * answer.
 */
export class ProgramCache<Program> {
  readonly #compile: (source: string) => Program;
  readonly #programs = new Map<string, Program>();
  #characters = 0;

  constructor(compile: (source: string) => Program) {
    this.#compile = compile;
  }

  of(source: string): Program {
    const known = this.#programs.get(source);
    if (known !== undefined) return known;
    const program = this.#compile(source);
    this.#programs.set(source, program);
    this.#characters += source.length;
    for (const [oldest] of this.#programs) {
      if (this.#programs.size <= programsMax && this.#characters <= charactersMax) break;
      this.#programs.delete(oldest);
      this.#characters -= oldest.length;
    }
    return program;
  }
}
