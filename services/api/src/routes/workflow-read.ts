import { badRequest, listText, taskText, workflowStatusText, workflowText } from '@partitura/conductor-api';
import { taskStatuses, type TaskStatus, type WorkflowView } from '@partitura/model';
import type { FastifyInstance } from 'fastify';
import { markFreshness, sendJson } from '../http/answers.ts';
import { readJson } from '../http/json-body.ts';
import { runId, serve, unknownRun, type Call, type RouteContext } from './context.ts';
import { freshList } from './fresh-list.ts';

/** Reading runs by id; each sees everything that was acknowledged before it. */
export function workflowReadRoutes(app: FastifyInstance, context: RouteContext): void {
  const { readModel } = context.ports;

  serve(app, 'getWorkflow', async (call) => {
    const run = await freshRun(context, call, call.query.flag('includeTasks', true));
    return sendJson(call.reply, workflowText(run, context.rendering()));
  });

  serve(app, 'getWorkflowStatus', async (call) => {
    const { query } = call;
    const include = { output: query.flag('includeOutput', false), variables: query.flag('includeVariables', false) };
    return sendJson(call.reply, workflowStatusText(await freshRun(context, call, false), include));
  });

  serve(app, 'getWorkflowTasks', async ({ path, query, reply }) => {
    const id = runId(path('workflowId'));
    const [start, count] = [query.integer('start', 0), query.integer('count', 15)];
    if (start < 0 || count < 0) throw badRequest('start and count must not be negative');
    const statuses = statusesOf(query.list('status'));
    markFreshness(reply, await context.fresh.ofAggregate(id));
    const page = await readModel.tasks(id, { start, count, ...(statuses && { statuses }) });
    if (page === undefined) throw unknownRun(id);
    const surround = { ...context.rendering(), isNotFollowed: false, isReplacedByRetry: false };
    const tasks = listText(page.results.map((task) => taskText(task, surround)));
    return sendJson(reply, `{"totalHits":${page.totalHits},"results":${tasks}}`);
  });
}

/** Lists of runs; as fresh as the read model, and they say how fresh that is. */
export function workflowListRoutes(app: FastifyInstance, context: RouteContext): void {
  const { readModel } = context.ports;

  serve(app, 'listRunning', async (call) => {
    const { path, query, reply } = call;
    const [from, to] = [query.integer('startTime', 0), query.integer('endTime', 0)];
    const version = query.integer('version', 1);
    await freshList(context, call);
    const created = from !== 0 && to !== 0 ? { created: { from, to } } : {};
    return sendJson(reply, JSON.stringify(await readModel.running({ name: path('name'), version, ...created })));
  });

  serve(app, 'getCorrelated', async (call) => {
    const id = call.path('correlationId');
    const found = await correlatedRuns(context, call, [id]);
    return sendJson(call.reply, runsText(found.get(id) ?? [], context));
  });

  serve(app, 'getCorrelatedMany', async (call) => {
    const ids = readJson(call.body);
    if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string') || ids.length > 1000) {
      throw badRequest('JSON parse error: the body must be a list of at most 1000 correlation ids');
    }
    const found = await correlatedRuns(context, call, ids);
    const members = [...found].map(([id, runs]) => `${JSON.stringify(id)}:${runsText(runs, context)}`);
    return sendJson(call.reply, `{${members.join(',')}}`);
  });
}

async function freshRun(context: RouteContext, { path, reply }: Call, includeTasks: boolean): Promise<WorkflowView> {
  const id = runId(path('workflowId'));
  markFreshness(reply, await context.fresh.ofAggregate(id));
  const run = await context.ports.readModel.workflow(id, { includeTasks });
  if (run === undefined) throw unknownRun(id);
  return run;
}

async function correlatedRuns(
  context: RouteContext,
  call: Call,
  correlationIds: readonly string[],
): Promise<ReadonlyMap<string, readonly WorkflowView[]>> {
  await freshList(context, call);
  const { path, query } = call;
  return context.ports.readModel.correlated({
    name: path('name'),
    correlationIds,
    includeClosed: query.flag('includeClosed', false),
    includeTasks: query.flag('includeTasks', false),
  });
}

function runsText(runs: readonly WorkflowView[], context: RouteContext): string {
  const rendering = context.rendering();
  return listText(runs.map((run) => workflowText(run, rendering)));
}

/** Whatever their case; unknown ones match nothing. */
function statusesOf(words: readonly string[] | undefined): readonly TaskStatus[] | undefined {
  if (words === undefined) return undefined;
  const wanted = new Set(words.map((word) => word.toUpperCase()));
  return taskStatuses.filter((status) => wanted.has(status));
}
