import type { ExecutorOptions } from '@partitura/tasks/executors';
import type { Metrics } from '@partitura/telemetry';

type OnRun = NonNullable<NonNullable<ExecutorOptions['programs']>['onRun']>;

/** From a cheap expression to one that was ended after four seconds. */
const buckets = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 5];

/** How long users' programs run in the full engine, and how many had to be ended. */
export function programMetrics(metrics: Metrics): OnRun {
  const help = 'Programs of users in the full engine, seconds with the start of a thread where one was needed';
  const evaluation = metrics.histogram('script_eval_seconds', help, buckets, ['language']);
  const killed = metrics.counter('script_killed_total', 'Programs of users that had to be ended', ['language']);
  return (run) => {
    const { language } = run;
    evaluation.observe(run.seconds, { language });
    if (run.killed) killed.add(1, { language });
  };
}
