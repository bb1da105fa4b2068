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
  const { run, context } = turn;
  const chosen = command.useLatestDefinitions ? latest(turn) : current(turn);
  if ('kind' in chosen) return chosen;
  const { hash, graph, body } = chosen;
  const { definition } = graph;
  if (!definition.restartable && run.end?.status === 'COMPLETED') {
    return refused(rejection('NOT_RESTARTABLE', `Workflow: ${shortName(run)} is non-restartable`));
  }
  turn.useGraph(graph);
  turn.emit({
    type: 'WorkflowRestarted',
    version: definition.version,
    definitionHash: hash,
    ...(!context.pinned.has(hash) && body !== undefined && { definition: body }),
    variables: initialVariables(definition),
    timeoutAt: timeoutFrom(turn.at, definition),
  });
  settleFromStart(turn);
  return accepted(turn);
}

function current({ run, graph, context }: Turn): Chosen {
  const hash = run.start.definitionHash;
  return { hash, graph, body: context.pinned.body(hash) };
}

/** The highest version that is registered, with the task definitions of now. */
function latest(turn: Turn): Chosen | WorkflowDecision {
  const { definitions } = turn.context;
  const missing = (reason: string): WorkflowDecision => ({
    kind: 'awaitDefinitions',
    otherwise: { kind: 'rejected', rejection: rejection('DEFINITION_NOT_FOUND', reason) },
  });
  const definition = definitions.workflow(turn.run.start.name);
  if (definition === undefined) return missing(`Unable to find latest definition for ${turn.run.id}`);
  const pinned = turn.engine.library.pin(definition, definitions);
  if (pinned.kind === 'missing') return missing(pinned.reason);
  if (pinned.kind === 'invalid') return refused(rejection('DEFINITION_INVALID', pinned.reason));
  const { hash, graph, body } = pinned;
  return { hash, graph, body };
}
