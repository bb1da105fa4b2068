import { badRequest, listText, taskText, taskTexts, workflowStatusText, workflowText } from '@partitura/conductor-api';
import { taskStatuses, type Json, type TaskStatus, type WorkflowView } from '@partitura/model';
import type { FastifyInstance } from 'fastify';
import { markFreshness, sendJson } from '../http/answers.ts';
import { readJson, readObject } from '../http/json-body.ts';
import { absent, runId, serve, unknownRun, type Call, type RouteContext } from './context.ts';
import { freshList } from './fresh-list.ts';

/** Reading runs by id; each sees everything that was acknowledged before it. */
export function workflowReadRoutes(app: FastifyInstance, context: RouteContext): void {
  const { readModel } = context.ports;

  serve(app, 'getWorkflow', async (call) => {
    const run = await freshRun(context, call, call.query.flag('includeTasks', true));
    return sendJson(call.reply, await documentOf(run, context));
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
    const freshness = await context.fresh.ofAggregate(id);
    markFreshness(reply, freshness);
    const page = await readModel.tasks(id, { start, count, ...(statuses && { statuses }) });
    if (page === undefined) throw absent(freshness, unknownRun(id));
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
    const ids = await context.searches.run(() => readModel.running({ name: path('name'), version, ...created }));
    return sendJson(reply, JSON.stringify(ids));
  });

  serve(app, 'getCorrelated', async (call) => {
    const id = call.path('correlationId');
    const found = await correlatedRuns(context, call, [call.path('name')], [id]);
    return sendJson(call.reply, runsText(found.get(id) ?? [], context));
  });

  serve(app, 'getCorrelatedMany', async (call) => {
    const ids = textsOf(readJson(call.body), 'the body', 1000);
    const found = await correlatedRuns(context, call, [call.path('name')], ids);
    return sendJson(call.reply, runsByIdText(found, context));
  });

  serve(app, 'getCorrelatedBatch', async (call) => {
    const { workflowNames = null, correlationIds = null } = readObject(call.body).object;
    const ids = textsOf(correlationIds, 'correlationIds', 1000);
    const names = textsOf(workflowNames, 'workflowNames', 100);
    const found = await correlatedRuns(context, call, new Set(names), ids);
    return sendJson(call.reply, runsByIdText(found, context));
  });
}

async function freshRun(context: RouteContext, { path, reply }: Call, includeTasks: boolean): Promise<WorkflowView> {
  const id = runId(path('workflowId'));
  const freshness = await context.fresh.ofAggregate(id);
  markFreshness(reply, freshness);
  const run = await context.ports.readModel.workflow(id, { includeTasks });
  if (run === undefined) throw absent(freshness, unknownRun(id));
  return run;
}

/** The execution document. Of a run with many tasks it is made in stretches, between which others have their turn. */
async function documentOf(run: WorkflowView, context: RouteContext): Promise<string> {
  const rendering = context.rendering();
  if (run.tasks.length <= tasksPerTurn) return workflowText(run, rendering);
  const texts: string[] = [];
  for (const text of taskTexts(run, rendering)) {
    if (texts.push(text) % tasksPerTurn === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return workflowText(run, rendering, listText(texts));
}
const tasksPerTurn = 250;

/** Runs by correlation id; every id that is asked for is there. */
async function correlatedRuns(
  context: RouteContext,
  call: Call,
  names: Iterable<string>,
  correlationIds: readonly string[],
): Promise<ReadonlyMap<string, readonly WorkflowView[]>> {
  await freshList(context, call);
  const { query } = call;
  const include = {
    includeClosed: query.flag('includeClosed', false),
    includeTasks: query.flag('includeTasks', false),
  };
  const found = new Map<string, readonly WorkflowView[]>(correlationIds.map((id) => [id, []]));
  for (const name of names) {
    const ofOne = () => context.ports.readModel.correlated({ name, correlationIds, ...include });
    const runs = await context.searches.run(ofOne);
    for (const [id, ofName] of runs) found.set(id, [...(found.get(id) ?? []), ...ofName]);
  }
  return found;
}

function textsOf(value: Json, name: string, max: number): readonly string[] {
  if (Array.isArray(value) && value.length <= max && value.every((each) => typeof each === 'string')) return value;
  throw badRequest(`JSON parse error: ${name} must be a list of at most ${max} texts`);
}

function runsText(runs: readonly WorkflowView[], context: RouteContext): string {
  const rendering = context.rendering();
  return listText(runs.map((run) => workflowText(run, rendering)));
}

function runsByIdText(found: ReadonlyMap<string, readonly WorkflowView[]>, context: RouteContext): string {
  const members = [...found].map(([id, runs]) => `${JSON.stringify(id)}:${runsText(runs, context)}`);
  return `{${members.join(',')}}`;
}

/** Whatever their case; unknown ones match nothing. */
function statusesOf(words: readonly string[] | undefined): readonly TaskStatus[] | undefined {
  if (words === undefined) return undefined;
  const wanted = new Set(words.map((word) => word.toUpperCase()));
  return taskStatuses.filter((status) => wanted.has(status));
}
