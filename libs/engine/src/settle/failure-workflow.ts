import { valueBytesMax } from '../limits.ts';
import { Payload, type Json, type WorkflowEnded } from '@partitura/model';
import type { Ended } from './end-workflow.ts';
import { failedWorkflow } from './failed-workflow.ts';
import type { Turn } from './turn.ts';

export interface Compensation {
  /** What the failed workflow's output says about it: the new id, or why there is none. */
  readonly shown: string;
  readonly start?: NonNullable<WorkflowEnded['failureWorkflow']>;
}

/** Beyond this many bytes the failed workflow is handed on without its tasks. */
const inputBytesMax = 2 * 1024 * 1024;
/** Less than a task takes in there: of very many it need not be tried. */
const taskBytesMin = 400;

/**
 * The failure workflow that the definition names, if it names one.
 *
 * @param room Bytes that its input may have.
 */
export function planFailureWorkflow(turn: Turn, ending: Ended, room: number): Compensation | undefined {
  const { definition } = turn.graph;
  const name = failureWorkflowName(definition.failureWorkflow, turn.run.start.input);
  if (name === undefined) return undefined;
  const version = definition.failureWorkflowVersion;
  if (turn.context.definitions.workflow(name, version) === undefined) {
    return notStarted(name, `No such workflow defined. name=${name}, version=${version ?? 'null'}`);
  }
  const workflowId = turn.failureWorkflowId();
  const most = Math.min(room, valueBytesMax);
  const input = inputOf(turn, ending, most);
  if (input.size > most) return notStarted(name, tooLargeInput(input.size, most));
  return { shown: workflowId, start: { workflowId, name, ...(version !== undefined && { version }), input } };
}

/** A name, or `$workflow.input.KEY`, with braces or without: the text at that key of the input. */
function failureWorkflowName(written: string | undefined, input: Payload): string | undefined {
  if (written === undefined || written === '') return undefined;
  const expression = /^\$\{?workflow\.input\.([^.}]+)\}?$/.exec(written)?.[1];
  if (expression === undefined) return written.startsWith('$') ? undefined : written;
  const found = input.object[expression];
  return typeof found === 'string' && found !== '' ? found : undefined;
}

const notStarted = (name: string, reason: string): Compensation => ({
  shown: `Error workflow ${name} failed to start.  reason: ${reason}`,
});
const tooLargeInput = (bytes: number, most: number): string =>
  `The payload size: ${bytes} of its input is greater than the permissible limit: ${most} bytes`;

/** As much of the failed workflow as there is room for: without its tasks if need be, and without its data. */
function inputOf(turn: Turn, ending: Ended, most: number): Payload {
  const { run } = turn;
  const facts = {
    workflowId: run.id,
    reason: ending.reason ?? null,
    failureStatus: ending.status,
    ...(ending.failedTaskId !== undefined && { failureTaskId: ending.failedTaskId }),
  };
  const whole = (tasks: boolean): Payload => {
    const object: Record<string, Json> = { ...run.start.input.object, ...facts };
    return Payload.of({ ...object, failedWorkflow: failedWorkflow(turn, ending, tasks) });
  };
  const mayShowTasks = run.tasks.bySeq.size * taskBytesMin <= inputBytesMax && run.dataBytes <= inputBytesMax;
  const complete = mayShowTasks ? whole(true) : undefined;
  if (complete !== undefined && complete.size <= Math.min(inputBytesMax, most)) return complete;
  const withoutTasks = whole(false);
  if (withoutTasks.size <= most) return withoutTasks;
  const shown = Object.entries(failedWorkflow(turn, ending, false)).filter(([key]) => !data.has(key));
  return Payload.of({ ...run.start.input.object, ...facts, failedWorkflow: Object.fromEntries(shown) });
}

/** What users have put into it. */
const data: ReadonlySet<string> = new Set(['input', 'output', 'variables', 'workflowDefinition']);
