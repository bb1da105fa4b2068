import type { Step, TaskKind } from '@partitura/engine';
import { textOf, type Template } from '@partitura/expressions';
import { Payload, type JsonObject } from '@partitura/model';
import { systemTask } from '../traits.ts';

interface EventDef {
  readonly sink: Template;
}

/** Sends a message to a sink. The message itself is sent by whoever works on queue `EVENT`. */
export const eventTask: TaskKind<EventDef> = {
  type: 'EVENT',
  traits: systemTask,
  check({ name, sink }) {
    return sink === undefined || sink === '' ? [`sink field is required for taskType: EVENT taskName: ${name}`] : [];
  },
  parse: ({ sink }, compile) => ({ sink: compile(sink ?? '') }),
  enter(step) {
    const sink = textOf(step.render(step.def.sink));
    const input = Payload.of({ ...step.input().object, sink, asyncComplete: step.task.asyncComplete === true });
    const problem = problemOf(sink, step);
    if (problem === undefined) return { as: 'queued', queue: 'EVENT', input };
    return { as: 'ended', status: 'FAILED', input, output: Payload.of(messageOf(step, input)), reason: problem };
  },
  /** The message: what the task was given, and where it comes from. It becomes the output. */
  question: (step) => Payload.of(messageOf(step, step.self.input)),
};

/** Sinks that messages are sent to: other workflows' event handlers, and topics. */
const kinds = new Set(['conductor', 'kafka']);

function problemOf(sink: string, { taskId }: Step): string | undefined {
  if (sink === 'conductor' || sink.startsWith('conductor:')) return undefined;
  if (sink.startsWith('conductor')) return `Invalid / Unsupported sink specified: ${sink}`;
  const colon = sink.indexOf(':');
  const loading = `Error loading queue:${sink}, for task:${taskId}, error: `;
  if (colon < 0) return `${loading}Illegal event ${sink}`;
  const kind = sink.slice(0, colon);
  return kinds.has(kind) ? undefined : `${loading}Unknown queue type ${kind}`;
}

function messageOf(step: Step, input: Payload): JsonObject {
  const { workflowId, name, version, correlationId, taskToDomain } = step.workflow;
  const produced = producedBy(textOf(input.object['sink'] ?? ''), step);
  return {
    ...input.object,
    workflowInstanceId: workflowId,
    workflowType: name,
    workflowVersion: version,
    correlationId: correlationId ?? null,
    taskToDomain,
    ...(produced !== undefined && { event_produced: produced }),
  };
}

/** The full name of the sink: those within name the workflow that sends. */
function producedBy(sink: string, { workflow, task }: Step): string | undefined {
  if (sink === 'conductor') return `conductor:${workflow.name}:${task.taskReferenceName}`;
  if (sink.startsWith('conductor:')) return `conductor:${workflow.name}:${sink.slice('conductor:'.length)}`;
  return sink.startsWith('conductor') ? undefined : sink;
}
