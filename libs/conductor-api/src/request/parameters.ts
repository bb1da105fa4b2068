import { badRequest } from '../errors/api-error.ts';

/** Query or path parameters as they were parsed: a repeated name gives a list. */
export type RawParameters = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Reads parameters by Conductor's rules: unknown ones are ignored, an empty one counts as absent, of a repeated number
 * or flag the first counts, repeated texts are joined by commas, lists may be repeated or separated by commas.
 */
export class Parameters {
  readonly #raw: RawParameters;

  constructor(raw: unknown) {
    this.#raw = (raw ?? {}) as RawParameters;
  }

  text(name: string): string | undefined {
    const values = this.#all(name);
    const value = typeof values === 'string' ? values : values.join(',');
    return value === '' ? undefined : value;
  }

  required(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw badRequest(`Required request parameter '${name}' is not present`);
    return value;
  }

  /** A whole number. */
  integer(name: string): number | undefined;
  integer(name: string, fallback: number): number;
  integer(name: string, fallback?: number): number | undefined {
    const value = this.#first(name);
    if (value === undefined) return fallback;
    const number = Number(value);
    if (!/^[+-]?\d{1,16}$/.test(value) || !Number.isSafeInteger(number)) {
      throw badRequest(`Parameter '${name}' must be a whole number, not ${JSON.stringify(value)}`);
    }
    return number;
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.#first(name);
    if (value === undefined) return fallback;
    const flag = flags.get(value.toLowerCase());
    if (flag === undefined) throw badRequest(`Parameter '${name}' must be true or false, not ${JSON.stringify(value)}`);
    return flag;
  }

  /** Undefined when the parameter is absent or empty. */
  list(name: string): readonly string[] | undefined {
    const all = this.#all(name);
    const values = (typeof all === 'string' ? [all] : all)
      .flatMap((value) => value.split(','))
      .filter((value) => value !== '');
    return values.length === 0 ? undefined : values;
  }

  choice<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const value = this.text(name);
    if (value === undefined) return fallback;
    const choice = choices.find((known) => known === value);
    if (choice === undefined) {
      throw badRequest(`Parameter '${name}' must be one of ${choices.join(', ')}, not ${JSON.stringify(value)}`);
    }
    return choice;
  }

  #all(name: string): string | readonly string[] {
    const value = Object.hasOwn(this.#raw, name) ? this.#raw[name] : undefined;
    return value ?? [];
  }

  #first(name: string): string | undefined {
    const all = this.#all(name);
    const value = (typeof all === 'string' ? all : all[0])?.trim();
    return value === '' ? undefined : value;
  }
}

const flags: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['on', true],
  ['yes', true],
  ['1', true],
  ['false', false],
  ['off', false],
  ['no', false],
  ['0', false],
]);
