import { rejection, type Payload, type RestartWorkflow } from '@partitura/model';
import type { Graph } from '../graph/graph.ts';
import { shortName } from '../lifecycle.ts';
import type { Turn } from '../settle/turn.ts';
import { accepted, refused, type WorkflowDecision } from './decision.ts';
import { initialVariables, settleFromStart, timeoutFrom } from './start-workflow.ts';

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
