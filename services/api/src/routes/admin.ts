import { ApiError, badRequest, listText, taskText } from '@partitura/conductor-api';
import { isUserWorkflowId, type WorkflowId, type WorkflowView } from '@partitura/model';
import { FoldedRuns } from '@partitura/read-model';
import { journalCodec, partitionOf } from '@partitura/wire';
import type { FastifyInstance } from 'fastify';
import { markFreshness, sendJson, sendText } from '../http/answers.ts';
import { freshList } from './fresh-list.ts';
import { absent, runId, serve, unknownRun, type RouteContext } from './context.ts';

const pageMax = 5_000;

/** Looking after an installation: `/api/admin`. */
export function adminRoutes(app: FastifyInstance, context: RouteContext): void {
  const { readModel, environment } = context.ports;

  serve(app, 'getConfiguration', ({ reply }) =>
    sendJson(reply, JSON.stringify({ ...environment.configuration, version: context.settings.version })),
  );

  serve(app, 'listOpenTasks', async (call) => {
    const { path, query, reply } = call;
    const [start, count] = [query.integer('start', 0), query.integer('count', 100)];
    if (start < 0 || count < 0 || count > pageMax) {
      throw badRequest(`start and count must not be negative, count at most ${pageMax}`);
    }
    await freshList(context, call);
    const tasks = await context.searches.run(() => readModel.openTasks({ taskType: path('tasktype'), start, count }));
    const surround = { ...context.rendering(), isNotFollowed: false, isReplacedByRetry: false };
    return sendJson(reply, listText(tasks.map((task) => taskText(task, surround))));
  });

  // Every run is woken by its own timers; Conductor says `false` of a run that is in its queue already.
  serve(app, 'requeueSweep', async ({ path, reply }) => {
    const id = path('workflowId');
    const known = isUserWorkflowId(id) && (await freshRun(id)) !== undefined;
    return sendText(reply, `${String(!known)}.${id}`);
  });

  serve(app, 'verifyRun', async ({ path, reply }) => {
    const id = runId(path('workflowId'));
    const freshness = await context.fresh.ofAggregate(id);
    markFreshness(reply, freshness);
    const shown = await readModel.workflow(id, { includeTasks: true });
    if (shown === undefined) throw absent(freshness, unknownRun(id));
    const wrong = differing(shown, await fromHistory(id, shown.partition));
    if (wrong.length === 0) return sendText(reply, 'false');
    throw new ApiError(
      409,
      `what is shown of ${id} is not what its history says (${wrong.join(', ')}); rebuild the read model`,
    );
  });

  async function freshRun(id: string): Promise<WorkflowView | undefined> {
    await context.fresh.ofAggregate(id);
    return readModel.workflow(id, { includeTasks: false });
  }

  async function fromHistory(id: WorkflowId, partition: number): Promise<WorkflowView | undefined> {
    const { run } = await readModel.history(partitionOf(id, context.settings.partitions), id);
    const runs = new FoldedRuns(partition);
    const hashes = new Set<string>();
    for (const { value, offset } of run?.entries ?? []) {
      const entry = journalCodec.decode(value);
      if (entry.kind !== 'decision') continue;
      for (const event of entry.events) if (event.type === 'WorkflowStarted') hashes.add(event.definitionHash);
      runs.apply(entry, offset);
    }
    return runs.view(id, await readModel.pinned(hashes));
  }
}

/** Names of what differs between what is shown and what the history says; values are users' data and are not told. */
function differing(shown: WorkflowView, said: WorkflowView | undefined): readonly string[] {
  if (said === undefined) return ['it has no history'];
  const names = compared.filter((name) => textOf(shown[name]) !== textOf(said[name]));
  const tasks = new Map(said.tasks.map((task) => [task.taskId as string, task]));
  const wrong = shown.tasks.filter(({ taskId, status, output, endTime }) => {
    const other = tasks.get(taskId);
    return other?.status !== status || other.endTime !== endTime || textOf(other.output) !== textOf(output);
  });
  return [
    ...names,
    ...(shown.tasks.length === said.tasks.length ? [] : ['number of tasks']),
    ...wrong.slice(0, 10).map(({ taskId }) => `task ${taskId}`),
  ];
}

const compared = ['status', 'input', 'output', 'variables', 'reasonForIncompletion', 'createTime', 'endTime'] as const;

function textOf(value: WorkflowView[(typeof compared)[number]]): string {
  return typeof value === 'object' ? JSON.stringify(value.value) : String(value);
}
