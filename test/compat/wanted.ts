import type { Difference } from './compare.ts';
import type { Replayed } from './replay.ts';

/** A place where we answer otherwise than Conductor did, and why a stranger should accept that. */
export interface WantedDifference {
  /** The recording, by name of its file. */
  readonly recording: string;
  readonly exchanges: readonly string[];
  /** Paths as in a report, `[*]` for any index; without it the whole answer differs. */
  readonly at?: readonly string[];
  /** `decided`: it stays so. `not yet`: the route or task kind comes later. */
  readonly kind: 'decided' | 'not yet';
  readonly reason: string;
  /** Whether it shows in each replay; some depend on which of two things happens first. */
  readonly always?: false;
}

/** What one recording's list of wanted differences explains, and what it does not. */
export class Wanted {
  readonly #differences: readonly WantedDifference[];

  constructor(recording: string, all: readonly WantedDifference[]) {
    this.#differences = all.filter((wanted) => wanted.recording === recording);
  }

  /** Whether the whole answer of this exchange is known to be another. */
  differsAnyway = (exchange: string): boolean =>
    this.#differences.some((wanted) => wanted.at === undefined && wanted.exchanges.includes(exchange));

  /** Lines for everything that nobody wanted, and for everything wanted that is not there any more. Empty: all is well. */
  report(replay: readonly Replayed[]): readonly string[] {
    const seen = new Set<string>();
    const lines: string[] = [];
    for (const { exchange, differences } of replay) {
      const unknown = differences.filter((difference) => {
        const wanted = this.#differences.find((candidate) => explains(candidate, exchange, difference));
        if (wanted !== undefined) seen.add(entry(wanted, exchange));
        return wanted === undefined;
      });
      if (unknown.length > 0) lines.push(exchange, ...unknown.map((difference) => `  ${described(difference)}`));
    }
    for (const wanted of this.#differences)
      for (const exchange of wanted.exchanges)
        if (wanted.always !== false && !seen.has(entry(wanted, exchange)))
          lines.push(`${exchange}: differs no more, so this wanted difference goes: ${wanted.reason}`);
    return lines;
  }
}

function explains(wanted: WantedDifference, exchange: string, difference: Difference): boolean {
  if (!wanted.exchanges.includes(exchange)) return false;
  if (wanted.at === undefined) return true;
  return wanted.at.some((pattern) => covers(pattern, difference.path));
}

/** A pattern covers a path and all that lies within it. */
function covers(pattern: string, path: string): boolean {
  const literal = pattern
    .replace(/[.+?^${}()|\\]/g, '\\$&')
    .replace(/\[(\*|\d+)\]/g, (_, index: string) => (index === '*' ? '\\[(?:\\d+|\\*)\\]' : `\\[${index}\\]`));
  return new RegExp(`^${literal}(?:$|[.[])`).test(path);
}

function entry(wanted: WantedDifference, exchange: string): string {
  return `${exchange} ${wanted.at?.join() ?? ''} ${wanted.reason}`;
}

function described({ path, recorded, actual }: Difference): string {
  return `${path}: recorded ${shortened(recorded)}, here ${shortened(actual)}`;
}

function shortened(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 600 ? `${text.slice(0, 600)}…` : text;
}
