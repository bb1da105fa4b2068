import type { FastifyInstance } from 'fastify';
import { sendEmpty, sendJson, sendText } from '../http/answers.ts';
import { serve, type RouteContext } from './context.ts';

/** Environment variables that definitions may read, and names of secrets; values of secrets are never told. */
export function environmentRoutes(app: FastifyInstance, { ports }: RouteContext): void {
  const { environment } = ports;

  serve(app, 'listEnvironment', ({ reply }) =>
    sendJson(reply, JSON.stringify([...environment.variables].map(([name, value]) => ({ name, value })))),
  );

  serve(app, 'getEnvironment', ({ path, reply }) => {
    const value = environment.variables.get(path('key'));
    return value === undefined ? sendEmpty(reply) : sendText(reply, value);
  });

  serve(app, 'listSecrets', ({ reply }) => sendJson(reply, JSON.stringify([...environment.secretNames])));
}
