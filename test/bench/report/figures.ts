/** What one repetition measured: figures by name, whose end is the unit. */
export type Figures = Readonly<Record<string, number>>;

export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function percentile(sorted: readonly number[], fraction: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN;
}

export const latencies = (sorted: readonly number[], prefix = ''): Figures => ({
  [`${prefix}p50 ms`]: percentile(sorted, 0.5),
  [`${prefix}p99 ms`]: percentile(sorted, 0.99),
});

/** By figure, over all repetitions that have it, in the order of the first. */
export function summarised(repetitions: readonly Figures[]): ReadonlyMap<string, Summary> {
  const names = new Set(repetitions.flatMap((figures) => Object.keys(figures)));
  return new Map(
    [...names].map((name) => {
      const values = repetitions.flatMap((figures) => figures[name] ?? []).sort((a, b) => a - b);
      const middle = values.length >> 1;
      const upper = values[middle] ?? Number.NaN;
      const median = values.length % 2 === 1 ? upper : ((values[middle - 1] ?? upper) + upper) / 2;
      return [name, { median, min: values[0] ?? Number.NaN, max: values.at(-1) ?? Number.NaN }];
    }),
  );
}
