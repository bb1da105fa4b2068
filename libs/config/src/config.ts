import type { Setting } from './setting.ts';

export type Settings = Readonly<Record<string, Setting<unknown>>>;
/** The frozen values of a set of settings. */
export type ConfigOf<S extends Settings> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never };

export interface Sources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Command line, `--name value` or `--name=value`. */
  readonly flags?: readonly string[];
  /** JSON object of names as in the code (`dataDir`), values of any scalar type or arrays. */
  readonly file?: { readonly path: string; readonly text: string };
}

/** All that is wrong with a configuration, for a person, at once. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `The configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n${problems.map((p) => `  - ${p}`).join('\n')}`,
    );
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

const prefix = 'PARTITURA_';

/** `dataDir` → `PARTITURA_DATA_DIR`, unless the setting has a name of its own. */
export function environmentNameOf(name: string, setting: Setting<unknown>): string {
  return setting.environmentName ?? prefix + name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
/** `dataDir` → `--data-dir`. */
export function flagNameOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/**
 * Reads settings: flags win over the environment, the environment over the file. Unknown names are problems too, since
 * they are mostly typing errors. Throws {@link ConfigError} with every problem.
 *
 * @param alsoKnown names of the environment that other parts read (they may begin with the prefix)
 */
export function readConfig<S extends Settings>(
  settings: S,
  sources: Sources,
  alsoKnown: readonly string[] = [],
): ConfigOf<S> {
  const problems: string[] = [];
  const flags = parseFlags(settings, sources.flags ?? [], problems);
  const file = parseFile(settings, sources.file, problems);
  const values: Record<string, unknown> = {};
  const known = new Set(alsoKnown);

  for (const [name, setting] of Object.entries(settings)) {
    const environmentName = environmentNameOf(name, setting);
    known.add(environmentName);
    const fromEnvironment = sources.environment[environmentName];
    const [origin, given] = flags.has(name)
      ? [flagNameOf(name), flags.get(name)]
      : fromEnvironment !== undefined && fromEnvironment !== ''
        ? [environmentName, fromEnvironment]
        : file.has(name)
          ? [`"${name}" in ${sources.file?.path ?? ''}`, file.get(name)]
          : [environmentName, undefined];
    if (given === undefined) {
      if (setting.fallback === undefined) problems.push(`${origin} is missing: ${setting.description}`);
      else values[name] = setting.fallback.value;
      continue;
    }
    const parsed = setting.parse(given);
    if (parsed.ok) values[name] = parsed.value;
    else problems.push(`${origin} ${setting.secret ? 'has a value that cannot be used' : parsed.problem}`);
  }
  for (const name of Object.keys(sources.environment))
    if (name.startsWith(prefix) && !known.has(name))
      problems.push(`${name} is no setting; did you mean ${nearest(name, known)}?`);

  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(values) as ConfigOf<S>;
}

function parseFlags(settings: Settings, flags: readonly string[], problems: string[]): Map<string, string> {
  const byFlag = new Map(Object.keys(settings).map((name) => [flagNameOf(name), name]));
  const found = new Map<string, string>();
  for (let i = 0; i < flags.length; i++) {
    const [flag, inline] = splitOnce(flags[i] ?? '', '=');
    const name = byFlag.get(flag);
    if (name === undefined) {
      if (inline === undefined && flags[i + 1]?.startsWith('--') === false) i++; // its value, most likely
      problems.push(`${flag} is no option; did you mean ${nearest(flag, byFlag.keys())}?`);
      continue;
    }
    const value = inline ?? flags[++i];
    const setting = settings[name];
    if (setting?.secret === true)
      problems.push(
        `${flag} would show a secret in the list of processes; set ${environmentNameOf(name, setting)} instead`,
      );
    else if (value === undefined) problems.push(`${flag} needs a value`);
    else found.set(name, value);
  }
  return found;
}

function parseFile(settings: Settings, file: Sources['file'], problems: string[]): Map<string, string> {
  const found = new Map<string, string>();
  if (file === undefined) return found;
  let content: unknown;
  try {
    content = JSON.parse(file.text);
  } catch (error) {
    problems.push(`${file.path} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
    return found;
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    problems.push(`${file.path} must hold a JSON object`);
    return found;
  }
  for (const [name, value] of Object.entries(content)) {
    if (!(name in settings))
      problems.push(`"${name}" in ${file.path} is no setting; did you mean "${nearest(name, Object.keys(settings))}"?`);
    else if (Array.isArray(value)) found.set(name, value.join(','));
    else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      found.set(name, String(value));
    else problems.push(`"${name}" in ${file.path} must be a text, a number, true, false or a list`);
  }
  return found;
}

function splitOnce(text: string, separator: string): readonly [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function nearest(name: string, known: Iterable<string>): string {
  let best = '';
  let bestDistance = Infinity;
  for (const candidate of known) {
    const d = distance(name, candidate);
    if (d < bestDistance) [best, bestDistance] = [candidate, d];
  }
  return best;
}

/** Edit distance, one row at a time. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
    row = next;
  }
  return row[b.length] ?? 0;
}
