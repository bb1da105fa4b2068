import { ApiError, listText, notFound, payloadText, validationFailed } from '@partitura/conductor-api';
import { normalizeTaskDef, validateTaskDef, type Problem } from '@partitura/engine';
import { definitionAggregate, Payload, type Json, type PutDefinition, type TaskDef } from '@partitura/model';
import { limits } from '@partitura/wire';
import type { FastifyInstance } from 'fastify';
import { sendEmpty, sendJson } from '../http/answers.ts';
import { readJson, readObjects } from '../http/json-body.ts';
import { nameWithinLimit, serve, withinLimit, type RouteContext } from './context.ts';
import { awaitBroadcast, currentDefinitions, putAll } from './definitions.ts';

/** Task definitions: `/api/metadata/taskdefs`. */
export function taskDefinitionRoutes(app: FastifyInstance, context: RouteContext): void {
  const { definitions } = context.ports;
  const options = { bodyLimit: limits.batchBytes };

  serve(
    app,
    'registerTaskDefs',
    async (call) => {
      const { body, reply } = call;
      const list = readObjects(body, 'task definitions');
      if (list.length === 0) {
        throw validationFailed([{ path: 'registerTaskDef.arg0', message: 'TaskDefList is empty' }]);
      }
      const problems: Problem[] = [];
      const checked = list.map((raw, i) => checkedTaskDef(raw, `registerTaskDef.arg0[${i}]`, problems));
      if (problems.length > 0) throw validationFailed(problems);
      await putAll(
        context,
        call,
        checked.map((definition) => putTask(definition, 'upsert')),
      );
      return sendEmpty(reply);
    },
    options,
  );

  serve(
    app,
    'updateTaskDef',
    async (call) => {
      const { body, reply } = call;
      const raw = readJson(body);
      if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
        throw new ApiError(400, 'JSON parse error: the body must be one task definition');
      }
      const problems: Problem[] = [];
      const definition = checkedTaskDef(raw, 'updateTaskDef.arg0', problems);
      if (problems.length > 0) throw validationFailed(problems);
      // Workers of some SDKs register their tasks by this operation alone, so an unknown one is registered too.
      await putAll(context, call, [putTask(definition, 'update')]).catch((error: unknown) => {
        if (!(error instanceof ApiError) || error.status !== 404) throw error;
        return putAll(context, call, [putTask(definition, 'upsert')]);
      });
      return sendEmpty(reply);
    },
    options,
  );

  serve(app, 'listTaskDefs', async ({ reply }) => {
    await currentDefinitions(context, reply);
    return sendJson(reply, listText(definitions.list('task').map((record) => payloadText(record.body))));
  });

  serve(app, 'getTaskDef', async ({ path, reply }) => {
    const name = path('tasktype');
    await currentDefinitions(context, reply);
    const found = definitions.get('task', name);
    if (found === undefined) throw notFound(`No such taskType found by name: ${name}`);
    return sendJson(reply, payloadText(found.body));
  });

  serve(app, 'deleteTaskDef', async (call) => {
    const { path, reply } = call;
    const name = nameWithinLimit(path('tasktype'), 'the name of a task definition');
    const done = await context.dispatcher.dispatch(call, definitionAggregate('task', name), {
      type: 'DeleteDefinition',
      kind: 'task',
      name,
    });
    await awaitBroadcast(context, reply, [done]);
    return sendEmpty(reply);
  });
}

function checkedTaskDef(raw: Json, path: string, problems: Problem[]): TaskDef {
  const unreadable: Problem[] = [];
  const definition = normalizeTaskDef(raw, path, unreadable);
  problems.push(...(unreadable.length > 0 ? unreadable : validateTaskDef(definition, path)));
  return definition;
}

function putTask(definition: TaskDef, mode: PutDefinition['mode']): PutDefinition {
  const name = nameWithinLimit(definition.name, 'the name of a task definition');
  const body = withinLimit(Payload.of(definition as unknown as Json), `task definition ${name}`);
  return { type: 'PutDefinition', kind: 'task', name, body, mode };
}
