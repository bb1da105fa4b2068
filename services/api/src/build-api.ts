import type { FastifyInstance } from 'fastify';
import { guard } from './access/guard.ts';
import { boundBodies } from './http/body-budget.ts';
import { createApp, rawBodies } from './http/create-app.ts';
import { documentation } from './http/documentation.ts';
import { watchRefusals } from './http/refusals.ts';
import { measureRequests } from './http/request-metrics.ts';
import type { ApiPorts, ApiSettings } from './ports.ts';
import { createContext } from './routes/context.ts';
import { adminRoutes } from './routes/admin.ts';
import { environmentRoutes } from './routes/environment.ts';
import { eventHandlerRoutes } from './routes/event-handlers.ts';
import { externalStorageRoutes } from './routes/external-storage.ts';
import { operationsRoutes } from './routes/operations.ts';
import { queueAdminRoutes } from './routes/queue-admin.ts';
import { taskByReferenceRoutes } from './routes/task-by-reference.ts';
import { taskDefinitionRoutes } from './routes/task-definitions.ts';
import { taskPollRoutes } from './routes/task-poll.ts';
import { taskQueueRoutes } from './routes/task-queues.ts';
import { taskReadRoutes } from './routes/task-read.ts';
import { taskSignalRoutes } from './routes/task-signal.ts';
import { taskUpdateRoutes } from './routes/task-update.ts';
import { tokenRoutes } from './routes/token.ts';
import { workflowBulkRoutes } from './routes/workflow-bulk.ts';
import { workflowControlRoutes } from './routes/workflow-control.ts';
import { workflowStateRoutes } from './routes/workflow-state.ts';
import { workflowDefinitionRoutes } from './routes/workflow-definitions.ts';
import { workflowExecuteRoutes } from './routes/workflow-execute.ts';
import { workflowListRoutes, workflowReadRoutes } from './routes/workflow-read.ts';
import { workflowSearchRoutes } from './routes/workflow-search.ts';
import { workflowStartRoutes } from './routes/workflow-start.ts';
import { workflowTestRoutes } from './routes/workflow-test.ts';

const resources = [
  workflowDefinitionRoutes,
  taskDefinitionRoutes,
  workflowStartRoutes,
  workflowExecuteRoutes,
  workflowReadRoutes,
  workflowListRoutes,
  workflowSearchRoutes,
  workflowTestRoutes,
  externalStorageRoutes,
  workflowControlRoutes,
  workflowStateRoutes,
  workflowBulkRoutes,
  taskPollRoutes,
  taskUpdateRoutes,
  taskByReferenceRoutes,
  taskSignalRoutes,
  taskReadRoutes,
  taskQueueRoutes,
  eventHandlerRoutes,
  queueAdminRoutes,
  adminRoutes,
  environmentRoutes,
  tokenRoutes,
  operationsRoutes,
];

/** The api's HTTP server on the given ports, not listening yet. */
export async function buildApi(ports: ApiPorts, settings: ApiSettings): Promise<FastifyInstance> {
  const app = createApp({ hostName: settings.hostName, logger: ports.logger, metrics: ports.metrics });
  const context = createContext(ports, settings);
  measureRequests(app, ports.metrics);
  watchRefusals(app, ports);
  guard(app, { authentication: ports.authentication, hostName: settings.hostName });
  boundBodies(app, settings.bodiesBytesMax);
  await documentation(app, { version: settings.version, page: settings.swaggerPage });
  await app.register((scope, _options, done) => {
    rawBodies(scope);
    for (const routes of resources) routes(scope, context);
    done();
  });
  return app;
}
