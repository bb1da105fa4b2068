import { ApiError, listText } from '@partitura/conductor-api';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { limits, type Queue } from '@partitura/wire';
import type { Polled } from '../gateway/port.ts';
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
    return task === undefined ? sendNoContent(call.reply) : sendJson(call.reply, handOuts.text(task));
  });

  serve(app, 'pollTasks', async (call) => {
    const { query, reply } = call;
    const timeoutMs = query.integer('timeout', shortWaitMs);
    if (timeoutMs > waitMsMax) throw new ApiError(400, 'Long Poll Timeout value cannot be more than 5 seconds');
    const count = query.integer('count', 1);
    if (count < 1) return sendJson(reply, '[]');
    const { tasks } = await poll(context, call, {
      count: Math.min(count, countMax),
      timeoutMs: Math.max(0, timeoutMs),
    });
    return sendJson(reply, listText(tasks.map((task) => handOuts.text(task))));
  });
}

function poll(
  context: RouteContext,
  { path, query, reply }: Call,
  how: { count: number; timeoutMs: number },
): Promise<Polled> {
  const workerId = query.text('workerid');
  const domain = query.text('domain');
  const queue = { type: path('tasktype'), ...(domain !== undefined && { domain }) };
  return pollQueue(context, reply, { queue, ...(workerId !== undefined && { workerId }), ...how });
}

/** Polls on behalf of the client of this reply: what it does not wait for any more is not handed out. */
export async function pollQueue(
  context: RouteContext,
  reply: FastifyReply,
  request: { readonly queue: Queue; readonly workerId?: string; readonly count: number; readonly timeoutMs: number },
): Promise<Polled> {
  const { queue, ...rest } = request;
  if (queue.type.length > limits.nameChars || (queue.domain?.length ?? 0) > limits.nameChars) return { tasks: [] };
  const gone = new AbortController();
  const onClose = (): void => gone.abort();
  reply.raw.once('close', onClose);
  try {
    const polled = await context.ports.queues.poll({ ...queue, ...rest }, gone.signal);
    if (polled.notice !== undefined) void reply.header('x-queue-notice', headerText(polled.notice));
    return polled;
  } finally {
    reply.raw.off('close', onClose);
  }
}

/** Headers carry visible ASCII only. */
function headerText(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 500);
}
