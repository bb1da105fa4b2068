import { ApiError, listText } from '@partitura/conductor-api';
import type { FastifyInstance } from 'fastify';
import { limits } from '@partitura/wire';
import type { Polled, PollRequest } from '../gateway/port.ts';
import { sendJson, sendNoContent } from '../http/answers.ts';
import { serve, type Call, type RouteContext } from './context.ts';

const waitMsMax = 5_000;
/** How long a poll waits that does not say how long. */
const shortWaitMs = 100;
const countMax = 1_000;

/** Handing tasks out to HTTP workers. */
export function taskPollRoutes(app: FastifyInstance, context: RouteContext): void {
  const { handOuts } = context;

  serve(app, 'pollTask', async (call) => {
    const { tasks } = await poll(context, call, { count: 1, timeoutMs: shortWaitMs });
    const [task] = tasks;
    return task === undefined ? sendNoContent(call.reply) : sendJson(call.reply, handOuts.text(task, call.request));
  });

  serve(app, 'pollTasks', async (call) => {
    const { query, reply, request } = call;
    const timeoutMs = query.integer('timeout', shortWaitMs);
    if (timeoutMs > waitMsMax) throw new ApiError(400, 'Long Poll Timeout value cannot be more than 5 seconds');
    const count = query.integer('count', 1);
    if (count < 1) return sendJson(reply, '[]');
    const { tasks } = await poll(context, call, {
      count: Math.min(count, countMax),
      timeoutMs: Math.max(0, timeoutMs),
    });
    return sendJson(reply, listText(tasks.map((task) => handOuts.text(task, request))));
  });
}

function poll(context: RouteContext, call: Call, how: { count: number; timeoutMs: number }): Promise<Polled> {
  const { path, query } = call;
  const workerId = query.text('workerid');
  const domain = query.text('domain');
  return pollQueue(context, call, {
    type: path('tasktype'),
    count: how.count,
    timeoutMs: how.timeoutMs,
    ...(domain !== undefined && { domain }),
    ...(workerId !== undefined && { workerId }),
  });
}

/** Polls on behalf of the client of this call: what it does not wait for any more is not handed out. */
export async function pollQueue(
  { ports, deliveries }: RouteContext,
  { principal, reply }: Pick<Call, 'principal' | 'reply'>,
  request: Omit<PollRequest, 'principal'>,
): Promise<Polled> {
  const { type, domain = '' } = request;
  if (type.length > limits.nameChars || domain.length > limits.nameChars) return { tasks: [] };
  const polling = ports.queues.poll(principal === undefined ? request : { principal, ...request });
  // Also when all went well; then there is nothing to cancel.
  reply.raw.once('close', polling.cancel);
  const polled = await polling.polled;
  if (polled.notice !== undefined) void reply.header('x-queue-notice', headerText(polled.notice));
  if (polled.tasks.length > 0) {
    deliveries.send(
      reply,
      polled.tasks.map(({ task }) => task.taskId),
    );
  }
  return polled;
}

/** Headers carry visible ASCII only. */
function headerText(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 500);
}
