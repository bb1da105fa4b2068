import type { JsonObject } from '@partitura/model';
import { Definitions } from '../definitions.ts';
import { simple, sub, taskDef, workflow } from '../shapes.ts';
import type { Seeded } from './seeded.ts';
import type { Shape } from './shape.ts';
import { Writer } from './writer.ts';

/**
 * The definitions of a random world: a workflow `w` of these shapes, another version of it that restarts may take, what
 * it uses, and how its workers are limited.
 */
export function definitionsOf(shapes: readonly Shape[], seeded: Seeded): Definitions {
  const definitions = new Definitions();
  const more = seeded.chance(20) ? { timeoutSeconds: 20, timeoutPolicy: 'TIME_OUT_WF' } : {};
  const rescue = seeded.chance(20) ? { failureWorkflow: 'rescue' } : {};
  const shown = seeded.chance(20) ? { outputParameters: { v: '${workflow.variables}', i: '${workflow.input.v}' } } : {};
  for (const name of ['a', 'b', 'hu', 'wa', 'HTTP']) definitions.putTask(taskDef(name, limits(seeded)));
  definitions.putWorkflow(workflow('w', new Writer().list(shapes), { ...more, ...rescue, ...shown }));
  definitions.putWorkflow(
    workflow('w', new Writer().list(shapes.toReversed()), { version: 2, variables: { k0: 'new' } }),
  );
  definitions.putWorkflow(
    workflow('child', [simple('b1', { optional: seeded.chance(10) }), sub('g1', { name: 'grandchild' })]),
  );
  definitions.putWorkflow(workflow('grandchild', [simple('a1')]));
  definitions.putWorkflow(workflow('rescue', [simple('a1')]));
  return definitions;
}

/** Retries and time-outs of a task definition, most often some of each. */
function limits(seeded: Seeded): JsonObject {
  return {
    retryCount: seeded.int(3),
    retryDelaySeconds: seeded.int(3),
    retryLogic: seeded.pick(['FIXED', 'LINEAR_BACKOFF', 'EXPONENTIAL_BACKOFF']),
    responseTimeoutSeconds: seeded.pick([2, 4, 3600]),
    timeoutSeconds: seeded.pick([0, 0, 5, 3600]),
    pollTimeoutSeconds: seeded.pick([0, 0, 3]),
    totalTimeoutSeconds: seeded.pick([0, 0, 0, 8]),
    timeoutPolicy: seeded.pick(['RETRY', 'RETRY', 'RETRY', 'ALERT_ONLY', 'TIME_OUT_WF']),
  };
}
