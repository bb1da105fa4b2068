import { isJsonObject, Payload, type Json, type JsonObject, type WorkflowView } from '@partitura/model';
import { textOf } from '@partitura/expressions';
import { isoTime } from './iso-time.ts';
import { listText, ObjectText, payloadText } from './json-text.ts';
import { attemptText, membersOfRun, type AttemptShown } from './task-json.ts';
import type { TaskTemplate, TaskTemplates } from './task-template.ts';

export interface Rendering {
  /** Epoch ms. */
  readonly now: number;
  readonly templates: TaskTemplates;
}

/**
 * A run as Conductor's `Workflow`, as JSON text.
 *
 * @param tasks Text of the list of its tasks, where that was put together before: see `taskTexts`.
 */
export function workflowText(run: WorkflowView, rendering: Rendering, tasks = tasksText(run, rendering)): string {
  return new ObjectText()
    .add('ownerApp', '')
    .add('createTime', run.createTime)
    .add('updateTime', run.updateTime)
    .add('createdBy', run.createdBy)
    .add('status', run.status)
    .add('endTime', run.endTime)
    .add('workflowId', run.workflowId)
    .add('parentWorkflowId', run.parentWorkflowId)
    .add('parentWorkflowTaskId', run.parentWorkflowTaskId)
    .splice('tasks', tasks)
    .splice('input', payloadText(run.input))
    .splice('output', payloadText(run.output))
    .add('correlationId', run.correlationId)
    .add('reasonForIncompletion', run.reasonForIncompletion)
    .add('event', run.event)
    .add('taskToDomain', run.taskToDomain)
    .add('failedReferenceTaskNames', run.failedReferenceTaskNames)
    .splice('workflowDefinition', payloadText(run.definition))
    .add('externalInputPayloadStoragePath', run.externalInputPayloadStoragePath)
    .add('priority', run.priority)
    .splice('variables', payloadText(run.variables))
    .add('lastRetriedTime', run.lastRetriedTime)
    .add('failedTaskNames', run.failedTaskNames)
    .add('history', [])
    .add('rateLimited', false)
    .add('startTime', run.createTime)
    .add('workflowName', run.name)
    .add('workflowVersion', run.version)
    .add('quarantinedBecause', run.quarantinedBecause)
    .toString();
}

/** A run with the attempts that are to be shown. */
export interface TasksOfRun extends Pick<
  WorkflowView,
  'workflowId' | 'name' | 'priority' | 'correlationId' | 'status' | 'endTime' | 'lastRetriedTime'
> {
  readonly tasks: readonly ShownTask[];
  /** By number, for tasks that only name their place in the definition. */
  readonly written?: readonly TaskTemplate[];
}

/** With the task as the definition has it, or its number there. */
export type ShownTask = AttemptShown & { readonly workflowTask?: Payload; readonly node?: number };

/** The run's tasks as a JSON list. */
export function tasksText(run: TasksOfRun, rendering: Rendering): string {
  return listText([...taskTexts(run, rendering)]);
}

/** The text of one task after the other, for those who do something else between: a run may have very many. */
export function* taskTexts(run: TasksOfRun, { now, templates }: Rendering): Generator<string> {
  const last = lastOfEnded(run);
  const replaced = replacedByRetry(run);
  const waits = resumptionAwaited(run);
  const ofRun = membersOfRun({ ...run, workflowName: run.name });
  for (const task of run.tasks) {
    yield attemptText(task, ofRun, templateOf(task, run, templates), {
      now,
      isNotFollowed: task === last || waits(task),
      isReplacedByRetry: replaced.has(task.taskId),
    });
  }
}

function templateOf({ workflowTask, node = -1 }: ShownTask, { written }: TasksOfRun, all: TaskTemplates): TaskTemplate {
  if (workflowTask !== undefined) return all.of(workflowTask);
  return written?.[node] ?? all.of(Payload.empty);
}

/** Nothing follows a task that ends while its run is paused: its successors come with the resumption. */
function resumptionAwaited({ status, tasks }: TasksOfRun): (task: ShownTask) => boolean {
  if (status !== 'PAUSED') return () => false;
  const latest = new Map<number, number>();
  for (const { seq, scheduledTime } of tasks) latest.set(scheduledTime, Math.max(seq, latest.get(scheduledTime) ?? 0));
  return ({ seq, endTime }) => (latest.get(endTime) ?? 0) <= seq;
}

/** Attempts that the retry operation replaced; those replaced by the retry policy are not among them. */
function replacedByRetry({ tasks, lastRetriedTime }: TasksOfRun): ReadonlySet<string | undefined> {
  if (lastRetriedTime === 0) return none;
  return new Set(tasks.filter((task) => task.scheduledTime === lastRetriedTime).map((task) => task.retriedTaskId));
}
const none: ReadonlySet<string | undefined> = new Set();

/** The task whose end ended the workflow: of those that ended with it, the last by seq. */
function lastOfEnded({ status, endTime, tasks }: TasksOfRun): ShownTask | undefined {
  if (status === 'RUNNING' || status === 'PAUSED') return undefined;
  return tasks.findLast((task) => task.endTime === endTime);
}

/** Conductor's `WorkflowSummary`, as JSON text. */
export function workflowSummaryText(run: WorkflowView): string {
  const [input, output] = [javaText(run.input), javaText(run.output)];
  const hasEnded = run.endTime > 0 && run.status !== 'RUNNING' && run.status !== 'PAUSED';
  return new ObjectText()
    .add('workflowType', run.name)
    .add('version', run.version)
    .add('workflowId', run.workflowId)
    .add('correlationId', run.correlationId)
    .add('startTime', isoTime(run.createTime))
    .add('updateTime', isoTime(run.updateTime))
    .add('endTime', hasEnded ? isoTime(run.endTime) : undefined)
    .add('status', run.status)
    .add('input', input)
    .add('output', output)
    .add('reasonForIncompletion', run.reasonForIncompletion)
    .add('executionTime', hasEnded ? run.endTime - run.createTime : 0)
    .add('event', run.event)
    .add('failedReferenceTaskNames', run.failedReferenceTaskNames.join(','))
    .add('externalInputPayloadStoragePath', run.externalInputPayloadStoragePath)
    .add('priority', run.priority)
    .add('failedTaskNames', run.failedTaskNames)
    .add('createdBy', run.createdBy)
    .add('taskToDomain', run.taskToDomain)
    .add('parentWorkflowId', run.parentWorkflowId ?? '')
    .add('classifier', classifierOf(run.definition.object['metadata']))
    .add('inputSize', input.length)
    .add('outputSize', output.length)
    .toString();
}

const javaText = (payload: Payload): string => textOf(payload.value);

/** Conductor derives from a definition's `metadata` what it takes the workflow for. */
export function classifierOf(metadata: Json | undefined): string {
  const object: JsonObject = isJsonObject(metadata) ? metadata : {};
  const { classifier } = object;
  if (typeof classifier === 'string' && classifier.trim() !== '') return classifier;
  return 'agent_sdk' in object || 'agentDef' in object ? 'agent' : 'workflow';
}

/** Conductor's short `WorkflowStatus`. */
export function workflowStatusText(
  run: WorkflowView,
  include: { readonly output: boolean; readonly variables: boolean },
): string {
  const text = new ObjectText().add('workflowId', run.workflowId);
  if (run.correlationId !== undefined && run.correlationId !== '') text.add('correlationId', run.correlationId);
  if (include.output) text.splice('output', payloadText(run.output));
  if (include.variables) text.splice('variables', payloadText(run.variables));
  return text.add('status', run.status).toString();
}
