import type { ChangeStep } from '@partitura/read-model';
import type { Logger, Metrics } from '@partitura/telemetry';
import type { Alarm } from './journal-source.ts';
import type { PartitionProjection } from './partition-projection.ts';

export interface ProjectorObserver {
  alarm(alarm: Alarm): void;
  written(steps: readonly ChangeStep[], tookMs: number): void;
}

/** Turns what the projector sees into log lines and metrics. */
export function observeProjections(
  logger: Logger,
  metrics: Metrics,
  projections: () => readonly PartitionProjection[],
): ProjectorObserver {
  const alarms = metrics.counter('projector_alarms_total', 'Alarms raised by the projector', ['code']);
  const entries = metrics.counter('projected_records_total', 'Journal records taken into the read model');
  const rows = metrics.counter('projected_rows_total', 'Rows of runs and task attempts made or changed', ['table']);
  const took = metrics.histogram(
    'projection_transaction_ms',
    'Milliseconds per transaction of the projector',
    [1, 2, 5, 10, 25, 50, 100, 250, 1000, 5000],
  );
  metrics.gauge('projection_lag_records', 'Journal records that are not folded yet', ['partition'], (gauge) => {
    for (const { partition, lag } of projections()) gauge.set(lag, { partition: String(partition) });
  });
  return {
    alarm({ partition, code, message, cause }) {
      alarms.add(1, { code });
      logger.error({ partition, code, ...(cause === undefined ? {} : { error: cause }) }, message);
    },
    written(steps, tookMs) {
      took.observe(tookMs);
      for (const { from, to, changes } of steps) {
        entries.add(to.offset - from.offset);
        rows.add(changes.workflows.size, { table: 'workflow' });
        rows.add(changes.tasks.size, { table: 'task' });
      }
    },
  };
}
