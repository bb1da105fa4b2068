import { ApiError } from '@partitura/conductor-api';
import { keyedWorkflowId, type StartWorkflow, type WorkflowId, type WorkflowView } from '@partitura/model';
import type { RouteContext } from './context.ts';

/** The start was sent to this run, or the run of its key that is there already is what was asked for. */
export type Started<T> = { readonly id: WorkflowId; readonly sent: T } | { readonly existing: WorkflowView };

/** How many generations deciders may be ahead of readers before the caller is asked to come again. */
const aheadMax = 8;

/**
 * Sends a start with an idempotency key to the run that the key means now. Every run of a key has an id of its own, which
 * follows from the key and a number; readers say which is the newest, and deciders whether that has ended meanwhile.
 */
export async function startKeyed<T>(
  context: RouteContext,
  start: StartWorkflow & { readonly idempotencyKey: string },
  send: (id: WorkflowId) => Promise<T>,
): Promise<Started<T>> {
  const { name, idempotencyKey, idempotencyStrategy } = start;
  const newest = await newestRun(context, name, idempotencyKey);
  const isOver = newest !== undefined && newest.run.status !== 'RUNNING' && newest.run.status !== 'PAUSED';
  if (isOver && idempotencyStrategy === 'FAIL') throw taken(idempotencyKey, newest.run);
  if (isOver && idempotencyStrategy !== 'FAIL_ON_RUNNING') return { existing: newest.run };
  const first = newest === undefined ? 0 : newest.generation + (isOver ? 1 : 0);
  for (let generation = first; generation <= first + aheadMax; generation++) {
    const id = keyedWorkflowId(name, idempotencyKey, generation);
    try {
      return { id, sent: await send(id) };
    } catch (error) {
      if (!(error instanceof ApiError) || error.rejected !== 'KEY_SPENT') throw error;
    }
  }
  throw new ApiError(503, `the runs of the idempotency key ${idempotencyKey} are not visible yet`, {
    retryAfterSeconds: 1,
  });
}

const taken = (key: string, { workflowId, status }: WorkflowView): ApiError =>
  new ApiError(409, `The idempotency key ${key} belongs to workflow ${workflowId}, whose status is ${status}`);

interface Newest {
  readonly generation: number;
  readonly run: WorkflowView;
}

/** Runs of a key are numbered without gaps, so the newest is found by doubling and halving. */
async function newestRun({ ports }: RouteContext, name: string, key: string): Promise<Newest | undefined> {
  const look = async (generation: number): Promise<Newest | undefined> => {
    const run = await ports.readModel.workflow(keyedWorkflowId(name, key, generation), { includeTasks: false });
    return run && { generation, run };
  };
  let newest = await look(0);
  if (newest === undefined) return undefined;
  let beyond = 1;
  for (let found = await look(beyond); found !== undefined; found = await look(beyond)) {
    newest = found;
    beyond *= 2;
  }
  while (beyond - newest.generation > 1) {
    const middle = Math.floor((newest.generation + beyond) / 2);
    const found = await look(middle);
    if (found === undefined) beyond = middle;
    else newest = found;
  }
  return newest;
}
