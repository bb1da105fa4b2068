/** One setting: how its text becomes a value, what it is when absent, and what a person must know about it. */
export interface Setting<T> {
  readonly type: string;
  readonly parse: (text: string) => Parsed<T>;
  readonly fallback: { readonly value: T; readonly shown: string } | undefined;
  readonly description: string;
  readonly secret: boolean;
  /** Where the setting is known under a name of its own (`DATABASE_URL`). */
  readonly environmentName?: string | undefined;
}

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

const ok = <T>(value: T): Parsed<T> => ({ ok: true, value });
const bad = (problem: string): Parsed<never> => ({ ok: false, problem });

/** Describes a setting step by step: `int().min(1).default(8).describe('…')`. */
export class SettingBuilder<T> implements Setting<T> {
  readonly #setting: Setting<T>;

  constructor(setting: Setting<T>) {
    this.#setting = setting;
  }

  get type(): string {
    return this.#setting.type;
  }
  get parse(): (text: string) => Parsed<T> {
    return this.#setting.parse;
  }
  get fallback(): Setting<T>['fallback'] {
    return this.#setting.fallback;
  }
  get description(): string {
    return this.#setting.description;
  }
  get secret(): boolean {
    return this.#setting.secret;
  }
  get environmentName(): string | undefined {
    return this.#setting.environmentName;
  }

  #with(change: Partial<Setting<T>>): SettingBuilder<T> {
    return new SettingBuilder({ ...this.#setting, ...change });
  }

  default(value: T, shown: string = String(value)): SettingBuilder<T> {
    return this.#with({ fallback: { value, shown } });
  }

  /** May be absent; the value is then undefined. */
  optional(): SettingBuilder<T | undefined> {
    return new SettingBuilder<T | undefined>({ ...this.#setting, fallback: { value: undefined, shown: '–' } });
  }

  describe(description: string): SettingBuilder<T> {
    return this.#with({ description });
  }

  /** Printed as `***` wherever settings are shown. */
  hidden(): SettingBuilder<T> {
    return this.#with({ secret: true });
  }

  /** Read from this environment variable instead of one made from the setting's name. */
  from(environmentName: string): SettingBuilder<T> {
    return this.#with({ environmentName });
  }

  /** Adds a rule; `problem` completes the sentence "… <problem>". */
  check(holds: (value: T) => boolean, problem: string): SettingBuilder<T> {
    const parse = this.parse;
    return this.#with({
      parse: (text) => {
        const parsed = parse(text);
        return parsed.ok && !holds(parsed.value) ? bad(problem) : parsed;
      },
    });
  }
}

function setting<T>(type: string, parse: (text: string) => Parsed<T>): SettingBuilder<T> {
  return new SettingBuilder<T>({ type, parse, fallback: undefined, description: '', secret: false });
}

export const text = (): SettingBuilder<string> => setting('text', (value) => ok(value));

export function int(bounds: { readonly min?: number; readonly max?: number } = {}): SettingBuilder<number> {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = bounds;
  const range = bounds.min === undefined && bounds.max === undefined ? '' : ` ${bounds.min ?? ''}..${bounds.max ?? ''}`;
  return setting(`integer${range}`, (value) => {
    if (!/^-?\d+$/.test(value)) return bad(`must be a whole number, not "${value}"`);
    const number = Number(value);
    return number < min || number > max ? bad(`must lie within${range}, not ${value}`) : ok(number);
  });
}

export function flag(): SettingBuilder<boolean> {
  return setting('true | false', (value) => {
    if (/^(true|yes|on|1)$/i.test(value)) return ok(true);
    return /^(false|no|off|0)$/i.test(value) ? ok(false) : bad(`must be true or false, not "${value}"`);
  });
}

export function oneOf<const W extends readonly string[]>(words: W): SettingBuilder<W[number]> {
  return setting<W[number]>(words.join(' | '), (value) =>
    words.includes(value) ? ok(value) : bad(`must be one of ${words.join(', ')}, not "${value}"`),
  );
}

/** Comma-separated words. */
export function listOf<const W extends readonly string[]>(words: W): SettingBuilder<readonly W[number][]> {
  return setting<readonly W[number][]>(`list of ${words.join(', ')}`, (value) => {
    const parts = splitList(value);
    const unknown = parts.filter((part) => !words.includes(part));
    if (unknown.length > 0) return bad(`knows no "${unknown.join('", "')}"; known are ${words.join(', ')}`);
    return parts.length === 0 ? bad('must name at least one') : ok(parts);
  });
}

/** Comma-separated texts. */
export const list = (): SettingBuilder<readonly string[]> => setting('list', (value) => ok(splitList(value)));

export function url(...protocols: readonly string[]): SettingBuilder<string> {
  return setting(protocols.map((protocol) => `${protocol}://…`).join(' | '), (value) => {
    const parsed = URL.canParse(value) ? new URL(value) : undefined;
    if (parsed === undefined) return bad('is not a URL');
    return protocols.includes(parsed.protocol.slice(0, -1))
      ? ok(value)
      : bad(`must begin with ${protocols.join(' or ')}`);
  });
}

function splitList(value: string): string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
