import { ApiError, listText, payloadText, validationFailed } from '@partitura/conductor-api';
import { normalizeEventHandler, validateEventHandler, type Problem } from '@partitura/engine';
import {
  definitionAggregate,
  isJsonObject,
  Payload,
  type EventHandlerDef,
  type Json,
  type PutDefinition,
} from '@partitura/model';
import type { FastifyInstance } from 'fastify';
import { sendEmpty, sendJson } from '../http/answers.ts';
import { readJson } from '../http/json-body.ts';
import { nameWithinLimit, serve, withinLimit, type RouteContext } from './context.ts';
import { awaitBroadcast, currentDefinitions, putAll } from './definitions.ts';

/** Event handlers: `/api/event`. They are kept and shown; what they do when an event arrives is not the api's. */
export function eventHandlerRoutes(app: FastifyInstance, context: RouteContext): void {
  const { definitions } = context.ports;

  serve(app, 'createEventHandler', async (call) => {
    // One, or a list: some SDKs send lists alone.
    const raw = readJson(call.body);
    const list = Array.isArray(raw) ? (raw as readonly Json[]) : [raw];
    if (list.length === 0 || list.length > 1000) throw new ApiError(400, 'a list has 1 to 1000 event handlers');
    const handlers = list.map((each) => putHandler(checkedHandler(each, 'addEventHandler.arg0'), 'create'));
    await putAll(context, call, handlers);
    return sendEmpty(call.reply);
  });

  serve(app, 'updateEventHandler', async (call) => {
    await putAll(context, call, [putHandler(checkedHandler(readJson(call.body), 'updateEventHandler.arg0'), 'update')]);
    return sendEmpty(call.reply);
  });

  serve(app, 'deleteEventHandler', async (call) => {
    const name = nameWithinLimit(call.path('name'), 'the name of an event handler');
    const body = { type: 'DeleteDefinition', kind: 'eventHandler', name } as const;
    const done = await context.dispatcher.dispatch(call, definitionAggregate('eventHandler', name), body);
    await awaitBroadcast(context, call.reply, [done]);
    return sendEmpty(call.reply);
  });

  serve(app, 'listEventHandlers', async ({ reply }) => {
    await currentDefinitions(context, reply);
    return sendJson(reply, listText(definitions.list('eventHandler').map(({ body }) => payloadText(body))));
  });

  serve(app, 'getEventHandlers', async ({ path, query, reply }) => {
    const [event, activeOnly] = [path('event'), query.flag('activeOnly', true)];
    await currentDefinitions(context, reply);
    const found = definitions
      .list('eventHandler')
      .filter(({ body }) => body.object['event'] === event && (!activeOnly || body.object['active'] === true));
    return sendJson(reply, listText(found.map(({ body }) => payloadText(body))));
  });
}

function checkedHandler(raw: Json, path: string): EventHandlerDef {
  if (!isJsonObject(raw)) throw new ApiError(400, 'JSON parse error: the body must be one event handler');
  const problems: Problem[] = [];
  const handler = normalizeEventHandler(raw, path, problems);
  if (problems.length === 0) problems.push(...validateEventHandler(handler, path));
  if (problems.length > 0) throw validationFailed(problems);
  return handler;
}

function putHandler(handler: EventHandlerDef, mode: PutDefinition['mode']): PutDefinition {
  const name = nameWithinLimit(handler.name, 'the name of an event handler');
  const body = withinLimit(Payload.of(handler as unknown as Json), `event handler ${name}`);
  return { type: 'PutDefinition', kind: 'eventHandler', name, body, mode };
}
