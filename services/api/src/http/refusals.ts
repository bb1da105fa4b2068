import type { Clock } from '@partitura/log';
import { rationed, type Logger, type Metrics } from '@partitura/telemetry';
import type { FastifyInstance } from 'fastify';

/** Statuses of requests that nobody looked into, for who sent them or for what they would have cost. */
const refusing = new Set([401, 403, 413, 415, 429]);
/** Those that an operator should hear of. */
const audited = new Set([401, 403, 429]);
/** Anybody can cause as many as he likes. */
const lines = { lines: 20, perMs: 10_000 };

/** Counts what was refused, and says who was: a few lines at a time, so that nobody can fill the log. */
export function watchRefusals(
  app: FastifyInstance,
  { metrics, logger, clock }: { readonly metrics: Metrics; readonly logger: Logger; readonly clock: Clock },
): void {
  const refused = metrics.counter('http_refused_total', 'Requests that were refused unread, by status', ['status']);
  const say = rationed((fields, message) => logger.warn(fields, message), {
    ...lines,
    monotonic: () => clock.monotonic(),
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { statusCode: status } = reply;
    if (refusing.has(status)) {
      refused.add(1, { status: String(status) });
      if (audited.has(status)) {
        const { method, principal, ip: address, refusedBecause: reason, routeOptions } = request;
        say({ status, method, route: routeOptions.url ?? 'none', principal, address, reason }, 'a request was refused');
      }
    }
    done();
  });
}
