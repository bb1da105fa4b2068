import { ApiError } from '@partitura/conductor-api';
import type { FastifyInstance } from 'fastify';

/** Bodies up to this size are not counted: nearly all are, and they cost what their connection costs. */
const uncountedBytes = 64 * 1024;

/**
 * Bounds the memory of bodies that are on their way or being worked on, all together: many that are within their limit
 * would be too much as well. Beyond it, requests are told to come back before a byte of theirs is read.
 *
 * @param bytesMax of all bodies together; one that does not say how long it is counts for the longest that is allowed
 */
export function boundBodies(app: FastifyInstance, bytesMax: number): void {
  let held = 0;
  app.addHook('onRequest', (request, reply, next) => {
    const { 'content-length': length, 'transfer-encoding': chunked } = request.headers;
    if (length === undefined && chunked === undefined) {
      next();
      return;
    }
    if (chunked === undefined && Number(length) <= uncountedBytes) {
      next();
      return;
    }
    const { bodyLimit } = request.routeOptions;
    const bytes = chunked === undefined ? Number(length) : bodyLimit;
    // Larger than allowed is refused before it is read, too: 413.
    if (bytes <= uncountedBytes || bytes > bodyLimit) {
      next();
      return;
    }
    if (held + bytes > bytesMax) {
      next(new ApiError(429, 'too many large requests at once', { retryAfterSeconds: 1 }));
      return;
    }
    held += bytes;
    // The answer is over, or the client went away.
    reply.raw.once('close', () => {
      held -= bytes;
    });
    next();
  });
}
