import {
  ApiError,
  badRequest,
  validationFailed,
  workflowText,
  type OperationId,
  type Parameters,
} from '@partitura/conductor-api';
import type { Command } from '@partitura/model';
import type { FastifyInstance } from 'fastify';
import { sendJson } from '../http/answers.ts';
import { readJson } from '../http/json-body.ts';
import { absent, runId, serve, unknownRun, type Call, type RouteContext } from './context.ts';
import { refusalsOf, removal, restart, termination } from './workflow-control.ts';

const idsMax = 1000;
/** How many runs are dealt with at the same time. */
const width = 50;

/** The same with many runs: each is done or not, and the answer says which. */
export function workflowBulkRoutes(app: FastifyInstance, context: RouteContext): void {
  const ordered = (
    operation: OperationId,
    conductorName: string,
    commands: (query: Parameters) => readonly Command[],
  ): void =>
    serve(app, operation, async (call) => {
      const ids = readIds(call.body, conductorName);
      const orders = commands(call.query);
      const answer = await each(ids, async (id, succeeded, failed) => {
        // Conductor goes on with the second order even where the first was refused, and counts each.
        for (const body of orders) await attempt(() => order(context, call, id, body), id, succeeded, failed);
      });
      return sendJson(call.reply, answer);
    });

  ordered('pauseWorkflows', 'pauseWorkflow', () => [{ type: 'PauseWorkflow' }]);
  ordered('resumeWorkflows', 'resumeWorkflow', () => [{ type: 'ResumeWorkflow' }]);
  ordered('restartWorkflows', 'restart', (query) => [restart(query)]);
  ordered('retryWorkflows', 'retry', () => [{ type: 'RetryWorkflow', resumeSubworkflowTasks: false }]);
  ordered('terminateWorkflows', 'terminate', (query) => [termination(query)]);
  ordered('removeWorkflows', 'deleteWorkflow', (query) => [removal(query)]);
  ordered('terminateAndRemoveWorkflows', 'terminateRemove', (query) => [termination(query), removal(query)]);

  serve(app, 'searchWorkflowsByIds', async (call) => {
    const ids = readIds(call.body, 'searchWorkflow');
    const includeTasks = call.query.flag('includeTasks', true);
    const answer = await each(ids, (id, succeeded, failed) =>
      attempt(() => shown(context, id, includeTasks), id, succeeded, failed),
    );
    return sendJson(call.reply, answer);
  });
}

async function order(context: RouteContext, call: Call, id: string, body: Command): Promise<string> {
  await context.dispatcher.dispatch(call, runId(id), body, { refusals: refusalsOf(body) });
  return JSON.stringify(id);
}

async function shown(context: RouteContext, id: string, includeTasks: boolean): Promise<string> {
  const freshness = await context.fresh.ofAggregate(runId(id));
  const run = await context.ports.readModel.workflow(id, { includeTasks });
  if (run === undefined) throw absent(freshness, unknownRun(id));
  return workflowText(run, context.rendering());
}

type Succeeded = (json: string) => void;
type Failed = (why: string) => void;

async function attempt(work: () => Promise<string>, id: string, succeeded: Succeeded, failed: Failed): Promise<void> {
  try {
    succeeded(await work());
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    failed(error instanceof ApiError ? error.message : `${id} was not answered: ${error.message}`);
  }
}

/** Deals with the ids some at a time; the answer names them in their order. */
async function each(
  ids: readonly string[],
  work: (id: string, succeeded: Succeeded, failed: Failed) => Promise<void>,
): Promise<string> {
  const results = ids.map((): string[] => []);
  const errors = new Map<string, string>();
  let next = 0;
  const line = async (): Promise<void> => {
    for (let i = next++; i < ids.length; i = next++) {
      const id = ids[i] ?? '';
      await work(
        id,
        (json) => results[i]?.push(json),
        (why) => errors.set(id, why),
      );
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, ids.length) }, line));
  const failures = JSON.stringify(Object.fromEntries(errors));
  return `{"bulkErrorResults":${failures},"bulkSuccessfulResults":[${results.flat().join()}]}`;
}

function readIds(body: Uint8Array, conductorName: string): readonly string[] {
  const value = readJson(body);
  if (!Array.isArray(value) || !value.every((id) => typeof id === 'string')) {
    throw badRequest('JSON parse error: the body must be a list of workflow ids');
  }
  const path = `${conductorName}.arg0`;
  if (value.length === 0) throw validationFailed([{ path, message: 'WorkflowIds list cannot be null.' }]);
  if (value.length > idsMax) {
    const message = `Cannot process more than ${idsMax} workflows. Please use multiple requests.`;
    throw validationFailed([{ path, message }]);
  }
  return value;
}
