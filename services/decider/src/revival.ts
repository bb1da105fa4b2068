import { Payload, taskId, workflowId, type DispatchTask } from '@partitura/model';
import type { RevivalRequest } from '@partitura/journal';

/** Task type under which partitions ask the archive; its tasks never belong to a workflow's definition. */
export const revivalTaskType = 'PARTITURA_REVIVE';

/** The request as `system-worker` reads it. */
export function reviveTask({ aggregate, request, partition, at }: RevivalRequest): DispatchTask {
  return {
    kind: 'DispatchTask',
    queue: { type: revivalTaskType },
    task: {
      taskId: taskId(`${aggregate}~revival.${request}`),
      workflowId: workflowId(aggregate),
      workflowName: revivalTaskType,
      workflowVersion: 0,
      taskType: revivalTaskType,
      taskDefName: revivalTaskType,
      referenceName: 'revival',
      dispatch: request,
      attempt: 0,
      seq: 0,
      iteration: 0,
      pollCount: 0,
      priority: 0,
      scheduledAt: at,
      startedAt: 0,
      startDelaySeconds: 0,
      responseTimeoutSeconds: 0,
      input: Payload.of({ aggregate, request, partition }),
      workflowTask: Payload.empty,
      output: Payload.empty,
    },
  };
}
