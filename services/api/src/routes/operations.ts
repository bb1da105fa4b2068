import type { Json } from '@partitura/model';
import type { HealthReport } from '@partitura/telemetry';
import type { FastifyInstance } from 'fastify';
import { sendJson, sendText } from '../http/answers.ts';
import { serve, type Handler, type RouteContext } from './context.ts';

/** Health, readiness, metrics, version. */
export function operationsRoutes(app: FastifyInstance, { ports, settings }: RouteContext): void {
  const health: Handler = ({ reply }) => {
    const report = ports.health.report();
    void reply.code(report.healthy ? 200 : 503);
    return sendJson(reply, JSON.stringify(healthStatus(report)));
  };
  serve(app, 'getHealth', health);
  serve(app, 'getApiHealth', health);

  app.get('/health/ready', { schema: { hide: true } }, (_request, reply) => {
    const report = ports.health.report();
    void reply.code(report.healthy ? 200 : 503);
    return sendJson(reply, JSON.stringify(report));
  });

  serve(app, 'getMetrics', async ({ reply }) =>
    reply.header('content-type', ports.metrics.contentType).send(await ports.metrics.text()),
  );

  serve(app, 'getVersion', ({ reply }) => sendText(reply, settings.version));
}

/** Conductor's form; only what is wrong is listed, `/health/ready` tells all parts. */
function healthStatus({ healthy, parts }: HealthReport): Json {
  const wrong = Object.entries(parts)
    .filter(([, part]) => !part.ready)
    .map(([name, { problem }]) => ({
      details: { name },
      errorMessage: problem ?? `${name} is not ready`,
      healthy: false,
    }));
  return { healthResults: wrong, suppressedHealthResults: [], healthy };
}
