type Labels = Readonly<Record<string, string>>;

/** Counts of one set of labels. */
export class Observations {
  readonly labels: Labels;
  /** Per bucket, the last one for what is larger than all bounds. */
  readonly counts: number[];
  sum = 0;
  readonly #bounds: readonly number[];

  constructor(labels: Labels, bounds: readonly number[]) {
    this.labels = labels;
    this.#bounds = bounds;
    this.counts = new Array<number>(bounds.length + 1).fill(0);
  }

  observe(value: number): void {
    const bounds = this.#bounds;
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] ?? 0)) bucket += 1;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.sum += value;
  }
}

/**
 * A histogram that is counted more often than it is looked at: whoever keeps the {@link Observations} of his labels pays
 * for an addition, and everything else is worked out at a scrape. Registries take it for one of their own.
 */
export class Histogram {
  readonly name: string;
  readonly help: string;
  readonly type = 'histogram';
  readonly aggregator = 'sum';
  readonly #bounds: readonly number[];
  readonly #observed = new Map<string, Observations>();

  constructor(name: string, help: string, bounds: readonly number[]) {
    this.name = name;
    this.help = help;
    this.#bounds = [...bounds].sort((a, b) => a - b);
  }

  of(labels: Labels): Observations {
    const key = JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
    let observations = this.#observed.get(key);
    if (observations === undefined) {
      observations = new Observations(labels, this.#bounds);
      this.#observed.set(key, observations);
    }
    return observations;
  }

  get(): object {
    return {
      name: this.name,
      help: this.help,
      type: this.type,
      aggregator: this.aggregator,
      values: [...this.#observed.values()].flatMap((observed) => this.#samplesOf(observed)),
    };
  }

  reset(): void {
    this.#observed.clear();
  }

  #samplesOf({ labels, counts, sum }: Observations): readonly object[] {
    let count = 0;
    const buckets = counts.map((more, bucket) => {
      count += more;
      return {
        metricName: `${this.name}_bucket`,
        labels: { le: this.#bounds[bucket] ?? '+Inf', ...labels },
        value: count,
      };
    });
    return [
      ...buckets,
      { metricName: `${this.name}_sum`, labels, value: sum },
      { metricName: `${this.name}_count`, labels, value: count },
    ];
  }
}
