import type { ChildSpec, Deed, Step, TaskKind } from '@partitura/engine';
import { compileTemplate, textOf, type Template } from '@partitura/expressions';
import {
  isJsonObject,
  Payload,
  type EndedTaskStatus,
  type EndedWorkflowStatus,
  type Json,
  type JsonObject,
  type WorkflowTask,
} from '@partitura/model';
import { systemTask } from '../traits.ts';

interface SubWorkflowDef {
  /** `subWorkflowParam` without an inline definition object: everything in it may be templated. */
  readonly param: Template;
  /** A definition that stands in the parent's, taken as it is. */
  readonly inline: JsonObject | undefined;
}

/** Runs another workflow and waits for its end. */
export const subWorkflowTask: TaskKind<SubWorkflowDef> = {
  type: 'SUB_WORKFLOW',
  traits: { ...systemTask, delayed: true, knowsItsId: false },
  check({ name, subWorkflowParam }) {
    if (subWorkflowParam !== undefined) return [];
    return [`subWorkflowParam field is required for taskType: SUB_WORKFLOW taskName: ${name}`];
  },
  parse({ subWorkflowParam = {} }: WorkflowTask) {
    const { workflowDefinition, ...rest } = subWorkflowParam;
    const inline = isJsonObject(workflowDefinition) ? workflowDefinition : undefined;
    const templated = inline === undefined && workflowDefinition !== undefined ? { ...rest, workflowDefinition } : rest;
    return { param: compileTemplate(templated), inline };
  },
  enter(step) {
    const rendered = step.render(step.def.param);
    const param = isJsonObject(rendered) ? rendered : {};
    const definition =
      step.def.inline ?? (isJsonObject(param['workflowDefinition']) ? param['workflowDefinition'] : undefined);
    const version = versionOf(param['version']);
    const workflowInput = step.input();
    const input = Payload.of({
      subWorkflowName: param['name'] ?? null,
      subWorkflowVersion: definition === undefined ? (version ?? null) : null,
      subWorkflowTaskToDomain: param['taskToDomain'] ?? null,
      subWorkflowDefinition: definition ?? null,
      priority: param['priority'] ?? null,
      idempotencyKey: param['idempotencyKey'] ?? null,
      idempotencyStrategy: param['idempotencyStrategy'] ?? null,
      workflowInput: workflowInput.value,
    });
    return { as: 'child', input, child: childOf(step, param, definition, version, workflowInput) };
  },
  wake(step, signal) {
    return signal.kind === 'childEnded' ? [outcomeOf(step.self.output, signal)] : [];
  },
};

function childOf(
  step: Step<SubWorkflowDef>,
  param: JsonObject,
  definition: JsonObject | undefined,
  version: number | undefined,
  workflowInput: Payload,
): ChildSpec {
  const priority = Number(param['priority'] ?? 0);
  return {
    name: textOf(param['name'] ?? definition?.['name'] ?? ''),
    ...(version !== undefined && { version }),
    ...(definition !== undefined && { definition: Payload.of(definition) }),
    input: definition === undefined ? workflowInput : markedDynamic(workflowInput),
    priority: Number.isInteger(priority) && priority >= 0 && priority <= 99 ? priority : 0,
    taskToDomain: domainsOf(param['taskToDomain']) ?? step.workflow.taskToDomain,
  };
}

/** Children of an inline definition can tell that they are. */
function markedDynamic(input: Payload): Payload {
  const metadata = input.object['_systemMetadata'];
  return Payload.of({
    ...input.object,
    _systemMetadata: { ...(isJsonObject(metadata) ? metadata : {}), dynamic: true },
  });
}

function versionOf(value: Json | undefined): number | undefined {
  const version = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof version === 'number' && Number.isInteger(version) && version > 0 ? version : undefined;
}

function domainsOf(value: Json | undefined): Readonly<Record<string, string>> | undefined {
  if (!isJsonObject(value)) return undefined;
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

const statusOf: Readonly<Record<EndedWorkflowStatus, EndedTaskStatus>> = {
  COMPLETED: 'COMPLETED',
  FAILED: 'FAILED',
  TIMED_OUT: 'TIMED_OUT',
  TERMINATED: 'CANCELED',
};

/** The child's output is added to the task's, whatever the outcome; the engine's own key stays as it is. */
function outcomeOf(
  own: Payload,
  child: {
    readonly status: EndedWorkflowStatus;
    readonly output: JsonObject | undefined;
    readonly reason: string | undefined;
  },
): Deed {
  const { subWorkflowId = null } = own.object;
  return {
    do: 'finish',
    status: statusOf[child.status],
    output: child.output === undefined ? Payload.empty : Payload.of({ ...own.object, ...child.output, subWorkflowId }),
    ...(child.reason !== undefined && { reason: child.reason }),
  };
}
