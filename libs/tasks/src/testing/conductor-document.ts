import type { Json, JsonObject } from '@partitura/model';
import type { Handle } from './scenario.ts';
import type { SeenTask } from './run-view.ts';

/** A run as Conductor shows executions, as far as recorded executions are compared. */
export function conductorDocument(run: Handle): JsonObject {
  const { seen } = run;
  const { started } = seen;
  if (started === undefined) throw new Error(`${run.id} never started`);
  return defined({
    status: seen.status,
    workflowId: run.id,
    input: started.input.value,
    output: seen.output,
    variables: seen.variables,
    reasonForIncompletion: seen.reason,
    failedReferenceTaskNames: seen.failedReferenceTaskNames,
    failedTaskNames: seen.failedTaskNames,
    correlationId: started.correlationId,
    priority: started.priority,
    workflowName: started.name,
    workflowVersion: started.version,
    taskToDomain: started.taskToDomain,
    parentWorkflowId: started.parent?.workflowId,
    parentWorkflowTaskId: started.parent?.taskId,
    tasks: seen.tasks.map((task) => taskDocument(task, run)),
  });
}

export function taskDocument(task: SeenTask, run: Handle): JsonObject {
  return defined({
    taskType: task.type,
    status: task.status,
    inputData: task.input,
    outputData: task.output,
    referenceTaskName: task.ref,
    retryCount: task.attempt,
    seq: task.seq,
    taskDefName: task.taskDefName,
    retried: task.retried,
    startDelayInSeconds: task.startDelaySeconds,
    responseTimeoutSeconds: task.responseTimeoutSeconds,
    reasonForIncompletion: task.reason,
    callbackAfterSeconds: task.callbackAfterSeconds,
    workerId: task.workerId,
    domain: task.domain,
    subWorkflowId: task.childId,
    iteration: task.type === 'DO_WHILE' ? (task.output as JsonObject)['iteration'] : task.iteration,
    pollCount: task.pollCount,
    retriedTaskId: task.retriedTaskId,
    taskId: task.taskId,
    workflowInstanceId: run.id,
    workflowPriority: run.seen.started?.priority ?? 0,
    correlationId: run.seen.started?.correlationId,
  });
}

function defined(object: Record<string, Json | undefined>): JsonObject {
  return Object.fromEntries(Object.entries(object).filter((entry): entry is [string, Json] => entry[1] !== undefined));
}
