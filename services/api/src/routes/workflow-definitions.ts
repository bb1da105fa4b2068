import { ApiError, classifierOf, listText, notFound, payloadText, validationFailed } from '@partitura/conductor-api';
import { readWorkflowDef, type Problem } from '@partitura/engine';
import {
  definitionAggregate,
  isJsonObject,
  Payload,
  type DefinitionRecord,
  type Json,
  type PutDefinition,
  type WorkflowDef,
} from '@partitura/model';
import { limits } from '@partitura/wire';
import type { FastifyInstance } from 'fastify';
import { sendEmpty, sendJson } from '../http/answers.ts';
import { readJson, readObjects } from '../http/json-body.ts';
import { nameWithinLimit, serve, withinLimit, type RouteContext } from './context.ts';
import type { ApiPorts } from '../ports.ts';
import { awaitBroadcast, currentDefinitions, putAll } from './definitions.ts';

/** Workflow definitions: `/api/metadata/workflow`. */
export function workflowDefinitionRoutes(app: FastifyInstance, context: RouteContext): void {
  writeRoutes(app, context);
  readRoutes(app, context);
}

function writeRoutes(app: FastifyInstance, context: RouteContext): void {
  const { ports } = context;
  const options = { bodyLimit: limits.batchBytes };

  serve(
    app,
    'createWorkflowDef',
    async (call) => {
      const { body, query, reply } = call;
      const definition = checkedOrRefused(readOne(body), 'create.arg0', ports);
      await putAll(context, call, [putWorkflow(definition, query.flag('overwrite', false) ? 'upsert' : 'create')]);
      return sendEmpty(reply);
    },
    options,
  );

  serve(
    app,
    'updateWorkflowDefs',
    async (call) => {
      const { body, reply } = call;
      const list = readObjects(body, 'workflow definitions');
      if (list.length === 0) {
        throw validationFailed([{ path: 'updateWorkflowDef.arg0', message: 'WorkflowDefList is empty' }]);
      }
      const problems: Problem[] = [];
      const surroundings = { kinds: ports.taskKinds, definitions: ports.definitions };
      const checked = list.map((raw, i) => {
        const read = readWorkflowDef(raw, surroundings, `updateWorkflowDef.arg0[${i}]`);
        problems.push(...read.problems);
        return read.definition;
      });
      if (problems.length > 0) throw validationFailed(problems);
      await putAll(
        context,
        call,
        checked.map((definition) => putWorkflow(definition, 'upsert')),
      );
      const names = checked.map(({ name }) => name);
      return sendJson(reply, JSON.stringify({ bulkErrorResults: {}, bulkSuccessfulResults: names }));
    },
    options,
  );

  serve(
    app,
    'validateWorkflowDef',
    ({ body, reply }) => {
      checkedOrRefused(readOne(body), 'validateWorkflowDef.arg0', ports);
      return sendEmpty(reply);
    },
    options,
  );

  serve(app, 'deleteWorkflowDef', async (call) => {
    const { path, reply } = call;
    const name = nameWithinLimit(path('name'), 'the name of a workflow definition');
    const version = Number(path('version'));
    if (!Number.isSafeInteger(version)) throw new ApiError(400, `a version is a whole number, not ${path('version')}`);
    const done = await context.dispatcher.dispatch(call, definitionAggregate('workflow', name), {
      type: 'DeleteDefinition',
      kind: 'workflow',
      name,
      version,
    });
    await awaitBroadcast(context, reply, [done]);
    return sendEmpty(reply);
  });
}

function readRoutes(app: FastifyInstance, context: RouteContext): void {
  const { definitions } = context.ports;

  serve(app, 'getWorkflowDef', async ({ path, query, reply }) => {
    const [name, version] = [path('name'), query.integer('version')];
    await currentDefinitions(context, reply);
    const found = definitions.get('workflow', name, version);
    if (found === undefined) throw notFound(`No such workflow found by name: ${name}, version: ${version ?? 'null'}`);
    return sendJson(reply, payloadText(found.body));
  });

  serve(app, 'listWorkflowDefs', async ({ query, reply }) => {
    await currentDefinitions(context, reply);
    const classifier = query.text('classifier')?.toLowerCase();
    const found = definitions
      .list('workflow')
      .filter(
        ({ body }) => classifier === undefined || classifierOf(body.object['metadata']).toLowerCase() === classifier,
      );
    return sendJson(reply, listText(found.map(({ body }) => payloadText(body))));
  });

  serve(app, 'listLatestWorkflowDefs', async ({ reply }) => {
    await currentDefinitions(context, reply);
    const latest = definitions
      .list('workflow')
      .filter(({ name, version }) => version === definitions.latestVersion(name));
    return sendJson(reply, listText(latest.map(({ body }) => payloadText(body))));
  });

  serve(app, 'listWorkflowNames', async ({ reply }) => {
    await currentDefinitions(context, reply);
    return sendJson(reply, JSON.stringify([...new Set(definitions.list('workflow').map(({ name }) => name))]));
  });

  serve(app, 'listWorkflowNamesAndVersions', async ({ reply }) => {
    await currentDefinitions(context, reply);
    const byName = new Map<string, Json[]>();
    for (const record of definitions.list('workflow')) {
      const summaries = byName.get(record.name) ?? [];
      summaries.push({ ...summaryOf(record), updateTime: record.body.object['updateTime'] ?? 0 });
      byName.set(record.name, summaries);
    }
    return sendJson(reply, JSON.stringify(Object.fromEntries(byName)));
  });

  serve(app, 'listWorkflowVersions', async ({ path, reply }) => {
    const name = path('name');
    await currentDefinitions(context, reply);
    const records = definitions.versions(name).map((version) => definitions.get('workflow', name, version));
    return sendJson(reply, JSON.stringify(records.filter((record) => record !== undefined).map(summaryOf)));
  });
}

function summaryOf({ name, version, body }: DefinitionRecord): Readonly<Record<string, Json>> {
  return { name, version: version ?? 1, createTime: body.object['createTime'] ?? 0 };
}

function readOne(body: Uint8Array): Json {
  const raw = readJson(body);
  if (!isJsonObject(raw)) throw new ApiError(400, 'JSON parse error: the body must be one workflow definition');
  return raw;
}

/** The definition completed with defaults; throws 400 with everything that is wrong with it. */
export function checkedOrRefused(raw: Json, path: string, { taskKinds: kinds, definitions }: ApiPorts): WorkflowDef {
  const { definition, problems } = readWorkflowDef(raw, { kinds, definitions }, path);
  if (problems.length > 0) throw validationFailed(problems);
  return definition;
}

function putWorkflow(definition: WorkflowDef, mode: PutDefinition['mode']): PutDefinition {
  const name = nameWithinLimit(definition.name, 'the name of a workflow definition');
  const { version } = definition;
  const body = withinLimit(Payload.of(definition as unknown as Json), `workflow definition ${name}`);
  return { type: 'PutDefinition', kind: 'workflow', name, version, body, mode };
}
