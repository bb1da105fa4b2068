import { Payload, taskId, workflowId, type AggregateId, type DispatchTask } from '@partitura/model';

/** Task type under which partitions ask the archive; its tasks never belong to a workflow's definition. */
export const revivalTaskType = 'PARTITURA_REVIVE';

/** What a partition wants to know of the archive. */
export interface RevivalRequest {
  readonly aggregate: AggregateId;
  /** To be named in the answer. */
  readonly request: number;
  readonly partition: number;
}

/** The request as it travels to `system-worker`. */
export function reviveTask({
  aggregate,
  request,
  partition,
  at,
}: RevivalRequest & { readonly at: number }): DispatchTask {
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

/** The request in a task's input; undefined when somebody else wrote it. */
export function readRevivalRequest(input: Payload): RevivalRequest | undefined {
  const { aggregate, request, partition } = input.object;
  if (typeof aggregate !== 'string' || typeof request !== 'number' || typeof partition !== 'number') return undefined;
  return { aggregate: aggregate as AggregateId, request, partition };
}
