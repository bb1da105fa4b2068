import { badRequest } from '@partitura/conductor-api';
import type { Json } from '@partitura/model';
import type { Queue } from '@partitura/wire';
import type { FastifyInstance } from 'fastify';
import type { LastPoll } from '../gateway/port.ts';
import { sendJson, sendText } from '../http/answers.ts';
import { serve, type RouteContext } from './context.ts';

const typesMax = 1_000;

/** Sizes of task queues and who polls them. */
export function taskQueueRoutes(app: FastifyInstance, { ports }: RouteContext): void {
  const { queues } = ports;

  serve(app, 'getQueueSizes', async ({ query, reply }) => {
    const types = [...new Set(query.list('taskType'))];
    if (types.length === 0) throw badRequest("Required request parameter 'taskType' is not present");
    if (types.length > typesMax) throw badRequest(`at most ${typesMax} task types can be asked at once`);
    const sizes = await queues.sizes(types.map((type) => ({ type })));
    const waiting = new Map(sizes.map((size) => [size.type, size.waiting]));
    return sendJson(reply, objectText(types.map((type) => [type, waiting.get(type) ?? 0])));
  });

  serve(app, 'getQueueSize', async ({ query, reply }) => {
    const domain = query.text('domain');
    const queue = { type: query.required('taskType'), ...(domain !== undefined && { domain }) };
    const [size] = await queues.sizes([queue]);
    return sendJson(reply, String(size?.waiting ?? 0));
  });

  serve(app, 'listQueues', async ({ reply }) => {
    const sizes = await queues.sizes();
    return sendJson(reply, objectText(sizes.map((size) => [queueName(size), size.waiting])));
  });

  serve(app, 'listQueuesVerbose', async ({ reply }) => {
    const sizes = await queues.sizes();
    return sendJson(
      reply,
      objectText(sizes.map((size) => [queueName(size), { a: { size: size.waiting, uacked: size.unacknowledged } }])),
    );
  });

  serve(app, 'getPollData', async ({ query, reply }) =>
    sendJson(reply, pollDataText(await queues.pollData(query.required('taskType')))),
  );

  serve(app, 'listPollData', async ({ reply }) => sendJson(reply, pollDataText(await queues.pollData())));

  // Tasks cannot get lost between store and queue here: those that wait are queued already.
  serve(app, 'requeueTasks', async ({ path, reply }) => {
    const [size] = await queues.sizes([{ type: path('taskType') }]);
    return sendText(reply, String(size?.waiting ?? 0));
  });
}

/** Conductor's name of a queue. */
function queueName({ type, domain }: Queue): string {
  return domain === undefined ? type : `${domain}:${type}`;
}

function pollDataText(polls: readonly LastPoll[]): string {
  const shown = polls.map(({ type, domain, workerId, at }) => ({
    queueName: type,
    domain,
    workerId,
    lastPollTime: at,
  }));
  return JSON.stringify(shown.sort((a, b) => (a.queueName < b.queueName ? -1 : a.queueName > b.queueName ? 1 : 0)));
}

function objectText(entries: readonly (readonly [string, Json])[]): string {
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${sorted.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;
}
