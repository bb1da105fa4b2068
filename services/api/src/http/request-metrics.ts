import type { Metrics } from '@partitura/telemetry';
import type { FastifyInstance } from 'fastify';

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Counts and times requests by route, never by path: names of users stay out of the labels. */
export function measureRequests(app: FastifyInstance, metrics: Metrics): void {
  const duration = metrics.histogram('http_request_seconds', 'Time to answer an HTTP request', seconds, [
    'method',
    'route',
    'status',
  ]);
  app.addHook('onResponse', (request, reply, done) => {
    const labels = {
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: `${Math.floor(reply.statusCode / 100)}xx`,
    };
    duration.observe(reply.elapsedTime / 1000, labels);
    done();
  });
}
