import { invariant, type Payload, type TaskRecord } from '@partitura/model';
import type { Graph } from '../graph/graph.ts';
import type { Task } from '../state/task.ts';
import type { Run } from '../state/workflow-state.ts';

/** What a worker gets to see of an attempt that is handed out. */
export function taskRecord(run: Run, task: Task, graph: Graph): TaskRecord {
  const { plan } = task;
  const { start } = run;
  return {
    taskId: plan.taskId,
    workflowId: run.id,
    workflowName: start.name,
    workflowVersion: start.version,
    taskType: plan.taskType,
    taskDefName: plan.taskDefName,
    referenceName: plan.referenceName,
    dispatch: task.dispatch,
    attempt: task.attempt,
    ...(plan.retriedTaskId !== undefined && { retriedTaskId: plan.retriedTaskId }),
    seq: plan.seq,
    iteration: plan.iteration,
    pollCount: task.pollCount,
    priority: start.priority,
    ...(plan.queue?.domain !== undefined && { domain: plan.queue.domain }),
    ...(start.correlationId !== undefined && { correlationId: start.correlationId }),
    scheduledAt: task.scheduledAt,
    startedAt: task.startedAt,
    startDelaySeconds: plan.startDelaySeconds,
    responseTimeoutSeconds: plan.limits.responseTimeoutMs / 1000,
    input: plan.input,
    workflowTask: plan.workflowTask ?? definitionOf(task, graph),
    output: task.output,
  };
}

function definitionOf(task: Task, graph: Graph): Payload {
  const node = graph.nodes[task.plan.node];
  invariant(node !== undefined, `the definition has no task number ${task.plan.node}`);
  return node.json;
}
