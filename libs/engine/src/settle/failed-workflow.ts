import type { Json, JsonObject } from '@partitura/model';
import { isOpen, type Task } from '../state/task.ts';
import { allTasks } from '../state/task-table.ts';
import type { Ended } from './end-workflow.ts';
import { abandonedOutput } from './output.ts';
import { statusOf } from './scope.ts';
import { placeOf } from './step.ts';
import type { Turn } from './turn.ts';

/** The failed workflow as its failure workflow gets it: in the shape in which Conductor shows executions. */
export function failedWorkflow(turn: Turn, ending: Ended, withTasks: boolean): JsonObject {
  const { run } = turn;
  const { start } = run;
  const tasks = withTasks ? Array.from(allTasks(run.tasks), (task) => failedWorkflowTask(turn, task)) : [];
  return defined({
    workflowId: run.id,
    status: ending.status,
    createTime: run.startedAt,
    startTime: run.startedAt,
    updatedTime: turn.at,
    endTime: turn.at,
    previousStatus: statusOf(run),
    workflowName: start.name,
    workflowVersion: start.version,
    correlationId: start.correlationId,
    parentWorkflowId: start.parent?.workflowId,
    parentWorkflowTaskId: start.parent?.taskId,
    reasonForIncompletion: ending.reason,
    failedTaskId: ending.failedTaskId,
    failedReferenceTaskNames: ending.failed.references,
    failedTaskNames: ending.failed.definitions,
    priority: start.priority,
    taskToDomain: start.taskToDomain,
    input: start.input.value,
    output: ending.output.value,
    variables: run.variables.value,
    lastRetriedTime: run.lastRetriedAt,
    createdBy: start.createdBy,
    event: start.event,
    workflowDefinition: turn.graph.definition as unknown as JsonObject,
    tasks,
  });
}

/** Tasks that are open are shown as they will be a moment later: cancelled. */
function failedWorkflowTask(turn: Turn, task: Task): JsonObject {
  const { plan } = task;
  const open = isOpen(task);
  return defined({
    taskId: plan.taskId,
    taskType: plan.taskType,
    taskDefName: plan.taskDefName,
    referenceTaskName: plan.referenceName,
    status: open ? 'CANCELED' : task.status,
    seq: plan.seq,
    retryCount: task.attempt,
    retried: task.retried,
    retriedTaskId: plan.retriedTaskId,
    iteration: placeOf(turn, task).iteration,
    pollCount: task.pollCount,
    scheduledTime: task.scheduledAt,
    startTime: task.startedAt,
    endTime: open ? turn.at : task.endedAt,
    updateTime: open ? turn.at : task.updatedAt,
    startDelayInSeconds: plan.startDelaySeconds,
    callbackAfterSeconds: task.callbackAfterSeconds,
    responseTimeoutSeconds: plan.limits.responseTimeoutMs / 1000,
    workerId: task.workerId,
    domain: plan.queue?.domain,
    reasonForIncompletion: task.reason,
    workflowInstanceId: turn.run.id,
    workflowType: turn.run.start.name,
    correlationId: turn.run.start.correlationId,
    workflowPriority: turn.run.start.priority,
    subWorkflowId: plan.child?.workflowId,
    inputData: plan.input.value,
    outputData: abandonedOutput(turn, task).value,
    workflowTask: turn.nodeOf(task).task as unknown as JsonObject,
  });
}

function defined(object: Record<string, Json | undefined>): JsonObject {
  return Object.fromEntries(Object.entries(object).filter((entry): entry is [string, Json] => entry[1] !== undefined));
}
