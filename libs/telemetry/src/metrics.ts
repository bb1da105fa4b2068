import { Counter, Gauge, Registry, collectDefaultMetrics, type Metric } from 'prom-client';
import { Histogram } from './histogram.ts';

export interface CounterMetric {
  add(value?: number, labels?: Readonly<Record<string, string>>): void;
}
export interface GaugeMetric {
  set(value: number, labels?: Readonly<Record<string, string>>): void;
}
export interface HistogramMetric {
  observe(value: number, labels?: Readonly<Record<string, string>>): void;
  /** For whoever observes often: the labels are looked up once. */
  of(labels: Readonly<Record<string, string>>): { observe(value: number): void };
}

/**
 * Prometheus metrics of one process. Names get the prefix `partitura_`; labels must come from small fixed sets, never
 * from names that users choose, except through {@link boundedLabel}.
 */
export interface Metrics {
  counter(name: string, help: string, labels?: readonly string[]): CounterMetric;
  /** `read` is asked at each scrape; without it the gauge is set from outside. */
  gauge(name: string, help: string, labels?: readonly string[], read?: (gauge: GaugeMetric) => void): GaugeMetric;
  histogram(name: string, help: string, buckets: readonly number[], labels?: readonly string[]): HistogramMetric;
  /** Text exposition format. */
  text(): Promise<string>;
  readonly contentType: string;
}

export function createMetrics(options: { readonly processMetrics: boolean } = { processMetrics: true }): Metrics {
  const registry = new Registry();
  // How late the event loop is, is sampled: every 10 ms by default, which wakes an idle process a hundred times a second.
  if (options.processMetrics) collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 100 });
  const made = new Map<string, unknown>();
  const once = <M>(name: string, make: (fullName: string) => M): M => {
    const fullName = `partitura_${name}`;
    const known = made.get(fullName) as M | undefined;
    if (known !== undefined) return known;
    const metric = make(fullName);
    made.set(fullName, metric);
    return metric;
  };
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    counter: (name, help, labels = []) =>
      once(name, (fullName) => {
        const counter = new Counter({ name: fullName, help, labelNames: labels, registers: [registry] });
        return { add: (value = 1, with_ = {}) => counter.inc(with_, value) };
      }),
    gauge: (name, help, labels = [], read) =>
      once(name, (fullName) => {
        const metric: GaugeMetric = { set: (value, with_ = {}) => gauge.set(with_, value) };
        const collect = read === undefined ? {} : { collect: () => read(metric) };
        const gauge = new Gauge({ name: fullName, help, labelNames: labels, registers: [registry], ...collect });
        return metric;
      }),
    histogram: (name, help, buckets, labels = []) =>
      once(name, (fullName) => {
        const histogram = new Histogram(fullName, help, buckets);
        registry.registerMetric(histogram as unknown as Metric);
        const unlabelled = labels.length === 0 ? histogram.of({}) : undefined;
        return {
          observe: (value, with_) =>
            (with_ === undefined && unlabelled ? unlabelled : histogram.of(with_ ?? {})).observe(value),
          of: (with_) => histogram.of(with_),
        };
      }),
  };
}

/** Keeps a label set bounded: the first `max` values stay themselves, all later ones become `other`. */
export function boundedLabel(max: number): (value: string) => string {
  const seen = new Set<string>();
  return (value) => {
    if (seen.has(value)) return value;
    if (seen.size >= max) return 'other';
    seen.add(value);
    return value;
  };
}
