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

/** The failure workflow that the definition names, if it names one. */
export function planFailureWorkflow(turn: Turn, ending: Ended): Compensation | undefined {
  const { definition } = turn.graph;
  const name = failureWorkflowName(definition.failureWorkflow, turn.run.start.input);
  if (name === undefined) return undefined;
  const version = definition.failureWorkflowVersion;
  if (turn.context.definitions.workflow(name, version) === undefined) {
    const reason = `No such workflow defined. name=${name}, version=${version ?? 'null'}`;
    return { shown: `Error workflow ${name} failed to start.  reason: ${reason}` };
  }
  const workflowId = turn.failureWorkflowId();
  const input = inputOf(turn, ending);
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

function inputOf(turn: Turn, ending: Ended): Payload {
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
  if (run.tasks.bySeq.size * taskBytesMin > inputBytesMax || run.dataBytes > inputBytesMax) return whole(false);
  const complete = whole(true);
  return complete.size <= inputBytesMax ? complete : whole(false);
}
