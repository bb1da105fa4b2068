import { limits } from '@partitura/wire';
import type { Logger, Metrics } from '@partitura/telemetry';
import { ApiError, schemas } from '@partitura/conductor-api';
import { fastify, type FastifyInstance } from 'fastify';
import { answerBroken } from './broken-requests.ts';
import { answerErrors, sendError } from './errors.ts';
import './request-caller.ts';
import { hasEncodedSlash, withoutPathParameters } from './paths.ts';
import { RouteTable } from './route-table.ts';

/** A value of the largest allowed size with what stands around it in a request. */
const bodyBytesMax = limits.valueBytes + 64 * 1024;

const encoded = new ApiError(415, 'bodies must not be compressed');
const crossSite = new ApiError(403, 'a page of another site may not send this request');

/** The HTTP server without routes: Conductor's rules for paths, errors and methods. */
export function createApp(options: {
  readonly hostName: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
}): FastifyInstance {
  const { hostName, metrics } = options;
  const app = fastify({
    logger: false,
    bodyLimit: bodyBytesMax,
    // A request must arrive within half a minute; polls may take long to be answered.
    requestTimeout: 30_000,
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 5_000, maxHeaderSize: 16 * 1024 },
    keepAliveTimeout: 75_000,
    routerOptions: { maxParamLength: 1024 },
    rewriteUrl: (request) => withoutPathParameters(request.url ?? '/'),
    clientErrorHandler: answerBroken(metrics, hostName),
    frameworkErrors: (error, _request, reply) => {
      void sendError(reply, new ApiError(error.statusCode ?? 400, error.message), hostName);
    },
  });
  for (const [name, schema] of Object.entries(schemas)) app.addSchema({ $id: name, ...schema });
  app.decorateRequest('principal', undefined);
  app.decorateRequest('taskTypes', undefined);
  app.decorateRequest('showsTokens', false);
  app.decorateRequest('route', undefined);
  app.decorateRequest('refusedBecause', undefined);
  const routes = new RouteTable();
  app.addHook('onRoute', ({ path, method }) => routes.add(path, typeof method === 'string' ? [method] : method));
  app.addHook('onRequest', (request, reply, next) => {
    if (hasEncodedSlash(request.raw.url ?? '')) {
      void reply
        .code(400)
        .type('text/html;charset=utf-8')
        .send('<!doctype html><title>400</title><h1>Bad Request</h1>');
      return;
    }
    // Whoever listens on loopback is within reach of every page that a browser on this machine shows.
    if (request.method !== 'GET' && request.method !== 'HEAD' && request.headers['sec-fetch-site'] === 'cross-site') {
      void sendError(reply, crossSite, hostName);
      return;
    }
    const encoding = request.headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity') {
      void sendError(reply, encoded, hostName);
      return;
    }
    next();
  });
  // Outside our routes a body matters only to peers: what is no JSON is none, so that an unknown path stays a 404.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) =>
    done(null, jsonOrNothing(String(body))),
  );
  answerErrors(app, { ...options, routes });
  return app;
}

/** Within this scope bodies stay bytes and schemas are documentation: requests are read by `conductor-api`. */
export function rawBodies(scope: FastifyInstance): void {
  scope.setValidatorCompiler(() => () => true);
  scope.setSerializerCompiler(() => (data) => JSON.stringify(data));
  scope.removeAllContentTypeParsers();
  // Nearly all bodies are JSON by name, which is found at once; others are looked for first.
  scope.addContentTypeParser(['application/json', '*'], { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
}

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
