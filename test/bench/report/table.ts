import type { Change } from './baseline.ts';
import type { Figures, Summary } from './figures.ts';

interface Measured {
  readonly summary: ReadonlyMap<string, Summary>;
  readonly goals: Figures;
  readonly calibration: Figures;
  readonly changes: readonly Change[];
}

const shown = (value: number): string => {
  if (!Number.isFinite(value)) return '-';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(digits);
};

export function table({ summary, goals, calibration, changes }: Measured): string {
  const before = new Map(changes.map((change) => [change.figure, change]));
  const rows = [...summary].map(([name, { median, min, max }]) => {
    const change = before.get(name);
    return [
      name,
      shown(median),
      `${shown(min)} to ${shown(max)}`,
      goals[name] === undefined ? '' : shown(goals[name]),
      change === undefined ? '' : `${shown(change.before)}${change.isWorse ? '  WORSE' : ''}`,
    ];
  });
  const head = ['', 'median', 'of all runs', 'goal', changes.length > 0 ? 'baseline' : ''];
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('   ')
      .trimEnd();
  const now = Object.entries(calibration).map(([name, value]) => `${name} ${shown(value)}`);
  return [line(head), ...rows.map(line), `this machine just now: ${now.join(', ')}`].join('\n');
}
