import { ApiError, errorResponse } from '@partitura/conductor-api';
import { Fault } from '@partitura/model';
import type { Logger } from '@partitura/telemetry';
import type { FastifyInstance, FastifyReply } from 'fastify';
import './request-caller.ts';
import type { RouteTable } from './route-table.ts';

/** Every error leaves in the form of Conductor's `ErrorResponse`; what we did not foresee tells nothing of the inside. */
export function answerErrors(
  app: FastifyInstance,
  options: { readonly hostName: string; readonly logger: Logger; readonly routes: RouteTable },
): void {
  const { hostName, logger, routes } = options;
  app.setErrorHandler((error, request, reply) => {
    const known = apiErrorOf(error);
    if (known === undefined) {
      logger.error({ method: request.method, route: request.routeOptions.url, error }, 'a request failed unexpectedly');
    }
    return sendError(reply, known ?? new ApiError(500, 'internal error; see the log of the server'), hostName);
  });
  app.setNotFoundHandler((request, reply) => {
    const methods = routes.methodsOf(request.url);
    if (methods.length === 0)
      return sendError(reply, new ApiError(404, `No such path: ${pathOf(request.url)}`), hostName);
    void reply.header('allow', [...methods, 'OPTIONS'].join(', '));
    if (request.method === 'OPTIONS') return reply.code(200).header('content-length', 0).send();
    return sendError(reply, new ApiError(405, `Request method '${request.method}' is not supported`), hostName);
  });
}

export function sendError(reply: FastifyReply, error: ApiError, hostName: string): FastifyReply {
  reply.request.refusedBecause = error.message;
  if (error.retryAfterSeconds !== undefined) void reply.header('retry-after', String(error.retryAfterSeconds));
  return reply
    .code(error.status)
    .header('content-type', 'application/json')
    .send(JSON.stringify(errorResponse(error, hostName)));
}

/** Faults whose words are for the caller. */
const refusedFaults: ReadonlyMap<string, number> = new Map([
  ['INVALID_SEARCH', 400],
  ['TOO_MANY_TASKS', 400],
  ['SEARCH_TOO_SLOW', 400],
  ['TOO_LARGE', 413],
]);

function apiErrorOf(error: unknown): ApiError | undefined {
  if (error instanceof ApiError) return error;
  if (error instanceof Fault) {
    const status = refusedFaults.get(error.code);
    if (status !== undefined) return new ApiError(status, error.message);
    if (error.code === 'BUSY') return new ApiError(429, error.message, { retryAfterSeconds: 1 });
    if (!error.retryable && error.code !== 'STATEMENT_TIMEOUT') return undefined;
    return new ApiError(503, `not available right now (${error.code}); try again`, { retryAfterSeconds: 1 });
  }
  // Fastify's own: bodies that are too large, unknown media types, broken URLs.
  if (
    error instanceof Error &&
    'statusCode' in error &&
    typeof error.statusCode === 'number' &&
    error.statusCode < 500
  ) {
    return new ApiError(error.statusCode, error.message);
  }
  return undefined;
}

function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? '';
}
