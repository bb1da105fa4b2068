import { timingSafeEqual } from 'node:crypto';
import type {} from '@fastify/swagger'; // its `hide`
import type { FastifyInstance } from 'fastify';
import { taskCodec, type Queue } from '@partitura/wire';
import type { Gateway } from './gateway.ts';
import type { Receiver } from './port.ts';
import { peerPath, type OfferRequest } from './peers.ts';

const queue = {
  type: 'object',
  required: ['type'],
  additionalProperties: false,
  properties: {
    type: { type: 'string', minLength: 1, maxLength: 1_000 },
    domain: { type: 'string', minLength: 1, maxLength: 1_000 },
  },
} as const;
const ids = { type: 'array', maxItems: 10_000, items: { type: 'integer' } } as const;

/** What instances ask each other. Only members of the group know the token. */
export function peerRoutes(
  app: FastifyInstance,
  options: { readonly gateway: () => Gateway | undefined; readonly token: string },
): void {
  const expected = Buffer.from(options.token);
  const gateway = (): Gateway => {
    const running = options.gateway();
    if (running === undefined) throw Object.assign(new Error('the gateway is not running yet'), { statusCode: 503 });
    return running;
  };

  void app.register(
    (routes, _, done) => {
      routes.addHook('onRequest', async (request, reply) => {
        const given = Buffer.from(String(request.headers['x-partitura-peer'] ?? ''));
        if (given.length !== expected.length || !timingSafeEqual(given, expected))
          return reply.code(404).send({ status: 404 });
        return undefined;
      });
      routes.post<{ Body: OfferRequest }>(
        '/offers',
        {
          schema: {
            hide: true,
            body: {
              type: 'object',
              required: ['queue', 'count', 'waitMs'],
              properties: {
                queue,
                count: { type: 'integer', minimum: 1, maximum: 10_000 },
                waitMs: { type: 'integer', minimum: 0, maximum: 60_000 },
              },
            },
          },
        },
        async (request, reply) => {
          const { polled, cancel } = gateway().pollForPeer(request.body);
          reply.raw.once('close', cancel);
          const offers = await polled;
          return offers.map(({ id, task }) => ({ id, record: Buffer.from(taskCodec.encode(task)).toString('base64') }));
        },
      );
      routes.post<{ Body: Receiver & { queue: Queue; ids: number[] } }>(
        '/claims',
        {
          schema: {
            hide: true,
            body: {
              type: 'object',
              required: ['queue', 'ids'],
              properties: { queue, ids, workerId: { type: 'string' }, principal: { type: 'string' } },
            },
          },
        },
        async ({ body }) => gateway().claimForPeer(body.queue, body.ids, body),
      );
      routes.post<{ Body: { queue: Queue; ids: number[] } }>(
        '/declines',
        { schema: { hide: true, body: { type: 'object', required: ['queue', 'ids'], properties: { queue, ids } } } },
        async ({ body }) => {
          gateway().declineForPeer(body.queue, body.ids);
          return {};
        },
      );
      routes.post<{ Body: { type?: string } }>(
        '/poll-data',
        { schema: { hide: true, body: { type: 'object', properties: { type: { type: 'string' } } } } },
        async ({ body }) => gateway().localPollData(body.type),
      );
      done();
    },
    { prefix: peerPath },
  );
}
