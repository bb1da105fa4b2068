import {
  Payload,
  rejection,
  type DecideContext,
  type Decision,
  type EventMeta,
  type JsonObject,
  type RejectionCode,
  type StartWorkflow,
  type Verdict,
  type WorkflowEvent,
  type WorkflowDef,
  type WorkflowStarted,
} from '@partitura/model';
import type { Draft } from '../draft.ts';
import { evolve } from '../evolve/evolve.ts';
import type { Engine } from '../engine.ts';
import type { PinnedStart } from '../graph/library.ts';
import { outside } from '../settle/agenda.ts';
import { settle } from '../settle/settle.ts';
import { Turn } from '../settle/turn.ts';
import { absent, type WorkflowState } from '../state/workflow-state.ts';
import { accepted } from './decision.ts';

type StartDecision = Decision<WorkflowState, WorkflowEvent>;
type StartVerdict = Verdict<WorkflowState, WorkflowEvent>;

/** A workflow begins: its definition is chosen and pinned, and everything that can run at once runs. */
export function startWorkflow(command: StartWorkflow, context: DecideContext, engine: Engine): StartDecision {
  const problem = problemOf(command);
  if (problem !== undefined) return { kind: 'rejected', rejection: rejection('INVALID_COMMAND', problem) };
  const definition = command.definition ?? context.definitions.workflow(command.name, command.version);
  if (definition === undefined) {
    const reason = `No such workflow defined. name=${command.name}, version=${command.version ?? 'null'}`;
    return { kind: 'awaitDefinitions', otherwise: refuse(command, context, reason) };
  }
  const pinned = engine.library.pin(definition, context.definitions);
  if (pinned.kind === 'invalid') return refuse(command, context, pinned.reason, 'DEFINITION_INVALID');
  if (pinned.kind === 'missing') {
    return { kind: 'awaitDefinitions', otherwise: refuse(command, context, pinned.reason) };
  }
  return begin(command, context, engine, pinned);
}

function begin(command: StartWorkflow, context: DecideContext, engine: Engine, pinned: PinnedStart): StartDecision {
  const turn = new Turn(absent, context, engine);
  turn.useGraph(pinned.graph);
  turn.emit(startedOf(command, context, pinned));
  settleFromStart(turn);
  const result = Payload.of({ workflowId: context.aggregate });
  return accepted(turn, result);
}

/** Enters the first task, and everything that can run at once. */
export function settleFromStart(turn: Turn): void {
  const [head] = turn.graph.topLevel;
  if (head !== undefined) turn.agenda.next({ do: 'enter', node: head, place: outside });
  settle(turn);
}

function startedOf(command: StartWorkflow, context: DecideContext, pinned: PinnedStart): WorkflowStarted {
  const { definition } = pinned.graph;
  const started: Draft<WorkflowStarted> = {
    type: 'WorkflowStarted',
    name: nameOf(definition, command),
    version: definition.version,
    definitionHash: pinned.hash,
    input: withTemplate(command.input, definition.inputTemplate),
    variables: initialVariables(definition),
    priority: command.priority,
    taskToDomain: command.taskToDomain,
    timeoutAt: timeoutFrom(context.at, definition),
  };
  if (!context.pinned.has(pinned.hash)) started.definition = pinned.body;
  if (command.correlationId !== undefined) started.correlationId = command.correlationId;
  if (command.parent !== undefined) started.parent = command.parent;
  if (command.createdBy !== undefined) started.createdBy = command.createdBy;
  if (command.event !== undefined) started.event = command.event;
  if (command.idempotencyKey !== undefined) started.idempotencyKey = command.idempotencyKey;
  if (command.externalInputPayloadStoragePath !== undefined) {
    started.externalInputPayloadStoragePath = command.externalInputPayloadStoragePath;
  }
  if (command.replyWhenEnded && context.replyTo !== undefined) started.replyTo = context.replyTo;
  return started;
}

export function initialVariables({ variables }: WorkflowDef): Payload {
  return isEmpty(variables) ? Payload.empty : Payload.of(variables);
}

/** A definition that came with the start may be nameless. */
function nameOf({ name }: Partial<WorkflowDef>, command: StartWorkflow): string {
  return name === undefined || name === '' ? command.name : name;
}

/** When a workflow's time-out acts if its clock starts now; 0: never. */
export function timeoutFrom(at: number, definition: WorkflowDef): number {
  const acts = definition.timeoutPolicy === 'TIME_OUT_WF' && definition.timeoutSeconds > 0;
  return acts ? at + definition.timeoutSeconds * 1000 : 0;
}

/** Keys that the input does not have, or has as null, come from the template, as they are written there. */
export function withTemplate(input: Payload, template: JsonObject | undefined): Payload {
  if (isEmpty(template)) return input;
  const given = Object.entries(input.object).filter(([, value]) => value !== null);
  return Payload.of({ ...input.object, ...template, ...Object.fromEntries(given) });
}

/** A child that cannot start must tell its parent; anybody else is answered. */
function refuse(
  command: StartWorkflow,
  context: EventMeta,
  reason: string,
  code: RejectionCode = 'DEFINITION_NOT_FOUND',
): StartVerdict {
  if (command.parent === undefined) return { kind: 'rejected', rejection: rejection(code, reason) };
  const event: WorkflowEvent = {
    type: 'WorkflowStartRefused',
    name: command.name,
    version: command.version ?? 0,
    parent: command.parent,
    reason,
  };
  return { kind: 'accepted', events: [event], state: evolve(absent, event, context) };
}

function problemOf({ priority, name }: StartWorkflow): string | undefined {
  if (!Number.isInteger(priority) || priority < 0 || priority > 99) return 'priority must be between 0 and 99';
  return name === '' ? 'Workflow name cannot be null or empty' : undefined;
}

const isEmpty = (object: JsonObject | undefined): boolean => object === undefined || Object.keys(object).length === 0;
