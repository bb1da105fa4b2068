import { Payload, rejection, type RestartWorkflow, type StartWorkflow } from '@partitura/model';
import type { Graph } from '../graph/graph.ts';
import { shortName } from '../lifecycle.ts';
import type { Turn } from '../settle/turn.ts';
import { accepted, refused, type WorkflowDecision } from './decision.ts';
import { initialVariables, settleFromStart, timeoutFrom, withTemplate } from './start-workflow.ts';

interface Chosen {
  readonly hash: string;
  readonly graph: Graph;
  readonly body: Payload | undefined;
}

/** Everything from the beginning: same id, same input, same parent; variables are those of the definition again. */
export function restartWorkflow(turn: Turn, command: RestartWorkflow): WorkflowDecision {
  const { run } = turn;
  const chosen = command.useLatestDefinitions
    ? pinned(turn, turn.context.definitions.workflow(run.start.name), `Unable to find latest definition for ${run.id}`)
    : current(turn);
  if ('kind' in chosen) return chosen;
  if (!chosen.graph.definition.restartable && run.end?.status === 'COMPLETED') {
    return refused(rejection('NOT_RESTARTABLE', `Workflow: ${shortName(run)} is non-restartable`));
  }
  begin(turn, chosen);
  settleFromStart(turn);
  return accepted(turn);
}

/** A start whose idempotency key belongs to a workflow that has ended: that one begins again, with what is new. */
export function startAgain(turn: Turn, command: StartWorkflow): WorkflowDecision {
  const { name, version, correlationId } = command;
  const definition = command.definition ?? turn.context.definitions.workflow(name, version);
  const chosen = pinned(turn, definition, `No such workflow defined. name=${name}, version=${version ?? 'null'}`);
  if ('kind' in chosen) return chosen;
  begin(turn, chosen);
  const input = withTemplate(command.input, chosen.graph.definition.inputTemplate);
  turn.emit({
    type: 'WorkflowRerun',
    removed: [],
    input,
    ...(correlationId !== undefined && { correlationId }),
    timeoutAt: turn.run.timeoutAt,
  });
  settleFromStart(turn);
  return accepted(turn, Payload.of({ workflowId: turn.run.id }));
}

function begin(turn: Turn, { hash, graph, body }: Chosen): void {
  turn.useGraph(graph);
  turn.emit({
    type: 'WorkflowRestarted',
    version: graph.definition.version,
    definitionHash: hash,
    ...(!turn.context.pinned.has(hash) && body !== undefined && { definition: body }),
    variables: initialVariables(graph.definition),
    timeoutAt: timeoutFrom(turn.at, graph.definition),
  });
}

function current({ run, graph, context }: Turn): Chosen {
  const hash = run.start.definitionHash;
  return { hash, graph, body: context.pinned.body(hash) };
}

/** A definition with the task definitions of now. */
function pinned(turn: Turn, definition: Payload | undefined, otherwise: string): Chosen | WorkflowDecision {
  const missing = (reason: string): WorkflowDecision => ({
    kind: 'awaitDefinitions',
    otherwise: { kind: 'rejected', rejection: rejection('DEFINITION_NOT_FOUND', reason) },
  });
  if (definition === undefined) return missing(otherwise);
  const found = turn.engine.library.pin(definition, turn.context.definitions);
  if (found.kind === 'missing') return missing(found.reason);
  if (found.kind === 'invalid') return refused(rejection('DEFINITION_INVALID', found.reason));
  const { hash, graph, body } = found;
  return { hash, graph, body };
}
