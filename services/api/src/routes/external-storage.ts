import { badRequest, type OperationId } from '@partitura/conductor-api';
import type { FastifyInstance } from 'fastify';
import { sendJson } from '../http/answers.ts';
import { nameWithinLimit, serve, type RouteContext } from './context.ts';

const operations = new Set(['READ', 'WRITE']);
const payloadTypes = new Set(['WORKFLOW_INPUT', 'WORKFLOW_OUTPUT', 'TASK_INPUT', 'TASK_OUTPUT']);
const routes: readonly OperationId[] = [
  'getWorkflowStorage',
  'getWorkflowStorageAlias',
  'getTaskStorage',
  'getTaskStorageAlias',
];

/** Where clients may put payloads outside. No store is configured, so there is a path but no address to send to. */
export function externalStorageRoutes(app: FastifyInstance, { ports }: RouteContext): void {
  for (const route of routes) {
    serve(app, route, ({ query, reply }) => {
      const path = nameWithinLimit(query.required('path'), 'a path');
      const [operation, payloadType] = [query.required('operation'), query.required('payloadType')];
      if (!operations.has(operation.toUpperCase()) || !payloadTypes.has(payloadType.toUpperCase())) {
        throw badRequest(`Invalid input - Operation: ${operation}, PayloadType: ${payloadType}`);
      }
      return sendJson(reply, JSON.stringify({ path: `${path}${ports.freshId()}.json` }));
    });
  }
}
