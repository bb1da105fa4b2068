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
  /** By class of status, by route, by method. */
  const known = new Map<string, Map<string, ReturnType<typeof duration.of>[]>>();
  app.addHook('onResponse', (request, reply, done) => {
    const { method } = request;
    // Asking the framework for the options of the route makes an object of twelve members each time.
    const route = request.route ?? request.routeOptions.url ?? 'none';
    const statusClass = Math.floor(reply.statusCode / 100);
    const ofMethod = getOrMake(known, method, () => new Map<string, ReturnType<typeof duration.of>[]>());
    const ofRoute = getOrMake(ofMethod, route, () => []);
    ofRoute[statusClass] ??= duration.of({ method, route, status: `${statusClass}xx` });
    ofRoute[statusClass].observe(reply.elapsedTime / 1000);
    done();
  });
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
