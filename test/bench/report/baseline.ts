import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Summary } from './figures.ts';

/** By workload and system: what was measured when somebody last looked closely. */
type Baselines = Record<string, Record<string, Summary>>;

export interface Change {
  readonly figure: string;
  readonly before: number;
  readonly now: number;
  readonly isWorse: boolean;
}

const file = fileURLToPath(new URL('../../../../test/bench/baseline.json', import.meta.url));
/** CPU is the gate: the rest depends on who else uses the machine. */
const gated = 'CPU µs/task';
const tolerance = 1.1;

export function baselineOf(key: string): ReadonlyMap<string, Summary> | undefined {
  const kept = read()[key];
  return kept === undefined ? undefined : new Map(Object.entries(kept));
}

export function keepBaseline(key: string, summary: ReadonlyMap<string, Summary>): void {
  const all = { ...read(), [key]: Object.fromEntries(summary) };
  const sorted = Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(file, `${JSON.stringify(sorted, null, 2)}\n`);
}

/** Worse: more than a tenth above the baseline, and further than the repetitions of both lie apart. */
export function changesOf(before: ReadonlyMap<string, Summary>, now: ReadonlyMap<string, Summary>): readonly Change[] {
  return [...now].flatMap(([figure, summary]) => {
    const old = before.get(figure);
    if (old === undefined) return [];
    const isWorse = figure === gated && summary.median > old.median * tolerance && summary.min > old.max;
    return [{ figure, before: old.median, now: summary.median, isWorse }];
  });
}

function read(): Baselines {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Baselines) : {};
}
