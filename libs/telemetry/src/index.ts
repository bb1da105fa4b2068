export { Health, type HealthReport, type PartHealth } from './health.ts';
export { createLogger, logLevels, scrub, silentLogger, type Logger, type LogLevel } from './logger.ts';
export {
  boundedLabel,
  createMetrics,
  type CounterMetric,
  type GaugeMetric,
  type HistogramMetric,
  type Metrics,
} from './metrics.ts';
export { rationed, type Ration } from './rationed.ts';
