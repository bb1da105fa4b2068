import { invariant, type Payload, type ReactContext } from '@partitura/model';
import type { Engine } from '../engine.ts';
import type { Node } from '../graph/graph.ts';
import { openStepOf } from '../settle/step.ts';
import type { Sight } from '../settle/turn.ts';
import type { Task } from '../state/task.ts';
import type { Run } from '../state/workflow-state.ts';

/** What those who take the attempt are asked; by default its stored input. */
export function questionOf(run: Run, task: Task, node: Node, context: ReactContext, engine: Engine): Payload {
  return node.kind.question?.(openStepOf(sightOf(run, context, engine), task)) ?? task.plan.input;
}

/** The state as the decision left it. */
function sightOf(run: Run, { at, pinned }: ReactContext, engine: Engine): Sight {
  const { library } = engine;
  const nodeAt = (number: number, embedded: Payload | undefined): Node => {
    if (number < 0 && embedded !== undefined) return library.generated(embedded, number);
    const node = library.graph(run.start.definitionHash, pinned).nodes[number];
    invariant(node !== undefined, `the definition has no task number ${number}`);
    return node;
  };
  return {
    at,
    run,
    engine,
    get graph() {
      return library.graph(run.start.definitionHash, pinned);
    },
    nodeOf: ({ plan: { node, workflowTask, taskType } }) =>
      workflowTask === undefined || node < 0
        ? nodeAt(node, workflowTask)
        : library.another(nodeAt(node, undefined), taskType, workflowTask),
    neighbour: (node, number) => nodeAt(number, node.embedded),
    withFuel: (spend) => spend({ left: 0 }),
  };
}
