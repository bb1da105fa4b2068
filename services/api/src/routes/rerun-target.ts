import { ApiError, badRequest } from '@partitura/conductor-api';
import { workflowOfTask, type RerunWorkflow, type WorkflowId } from '@partitura/model';
import { absent, unknownRun, type RouteContext } from './context.ts';

/** Nesting beyond this is nobody's. */
const generationsMax = 100;

/**
 * The run that has the task from which another run is to be run again: that one itself, or a child of it, at any depth.
 * Rerunning the child brings all its parents back to life.
 */
export async function runOfTask(context: RouteContext, id: WorkflowId, rerun: RerunWorkflow): Promise<WorkflowId> {
  const { fromTaskId } = rerun;
  const owner = fromTaskId === undefined ? id : workflowOfTask(fromTaskId);
  if (owner === undefined || owner === id) return id;
  const [freshness] = await Promise.all([context.fresh.ofAggregate(id), context.fresh.ofAggregate(owner)]);
  const { readModel } = context.ports;
  const run = await readModel.workflow(id, { includeTasks: false });
  if (run === undefined) throw absent(freshness, unknownRun(id));
  if (run.status === 'RUNNING' || run.status === 'PAUSED') {
    const short = `${run.name}.${run.version}/${id}.${run.status}`;
    throw new ApiError(409, `Workflow: ${short} is not in terminal state, unable to rerun.`);
  }
  let ancestor: WorkflowId | undefined = owner;
  for (let i = 0; i < generationsMax && ancestor !== undefined; i++) {
    if (ancestor === id) return owner;
    ancestor = (await readModel.workflow(ancestor, { includeTasks: false }))?.parentWorkflowId;
  }
  throw badRequest(`Task ${fromTaskId ?? ''} not found`);
}
