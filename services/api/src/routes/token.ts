import { ApiError, Body } from '@partitura/conductor-api';
import type { FastifyInstance } from 'fastify';
import { sendJson } from '../http/answers.ts';
import { readMembers } from '../http/json-body.ts';
import { serve, type RouteContext } from './context.ts';

/** Logging in as SDKs do. Where nobody has to, the path does not exist: that is how SDKs learn it. */
export function tokenRoutes(app: FastifyInstance, { ports }: RouteContext): void {
  const { authentication } = ports;
  if (authentication === undefined) return;

  serve(app, 'createToken', async ({ body, reply }) => {
    const members = new Body(readMembers(body));
    const [keyId, keySecret] = [members.text('keyId'), members.text('keySecret')];
    if (keyId === undefined || keySecret === undefined) throw new ApiError(400, 'keyId and keySecret are needed');
    const token = await authentication.logIn(keyId, keySecret);
    void reply.header('cache-control', 'no-store');
    return sendJson(reply, JSON.stringify({ token }));
  });
}
