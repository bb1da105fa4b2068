import { ApiError, badRequest } from '@partitura/conductor-api';
import { taskStatuses } from '@partitura/model';
import type { FastifyInstance } from 'fastify';
import { sendJson } from '../http/answers.ts';
import { readObject } from '../http/json-body.ts';
import { serve, type Handler } from './context.ts';

/** Event queues that end WAIT tasks. There are none: whoever wants to end one reports to it or signals its run. */
export function queueAdminRoutes(app: FastifyInstance): void {
  serve(app, 'getEventQueueSizes', ({ reply }) => sendJson(reply, '{}'));
  serve(app, 'listWaitQueues', ({ reply }) => sendJson(reply, '{}'));
  serve(app, 'listEventQueues', ({ reply }) => sendJson(reply, '{}'));

  const update: Handler = ({ path, body }) => {
    const status = path('status');
    if (!(taskStatuses as readonly string[]).includes(status)) {
      throw badRequest(`status must be one of ${taskStatuses.join(', ')}, not ${status}`);
    }
    readObject(body);
    throw new ApiError(400, `There is no queue for handling ${status} status`);
  };
  serve(app, 'updateByQueue', update);
  serve(app, 'updateByQueueAndTask', update);
}
