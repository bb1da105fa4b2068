import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';

/**
 * The OpenAPI document at `/api-docs` and, when wanted, a page to try it at `/swagger-ui`. Must be registered before
 * the routes.
 */
export async function documentation(
  app: FastifyInstance,
  options: { readonly version: string; readonly page: boolean },
): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.0.3',
      info: {
        title: 'Partitura',
        description: 'Workflows on one replayable log. Paths and models are those of Conductor.',
        version: options.version,
      },
      tags: [
        { name: 'workflow', description: 'Start, read and control runs' },
        { name: 'tasks', description: 'Work for workers' },
        { name: 'metadata', description: 'Workflow and task definitions' },
        { name: 'event', description: 'What happens when events arrive' },
        { name: 'admin', description: 'Looking after an installation' },
        { name: 'operations', description: 'Health and metrics' },
      ],
    },
    refResolver: {
      buildLocalReference: ({ $id }, _base, _fragment, i) => (typeof $id === 'string' ? $id : `model-${i}`),
    },
  });
  if (options.page) {
    const { default: swaggerUi } = await import('@fastify/swagger-ui');
    await app.register(swaggerUi, { routePrefix: '/swagger-ui', staticCSP: true });
    // Conductor's address of the page.
    app.get('/swagger-ui/index.html', { schema: { hide: true } }, (_request, reply) => reply.redirect('/swagger-ui'));
  }
  app.get('/api-docs', { schema: { hide: true } }, () => app.swagger());
}
