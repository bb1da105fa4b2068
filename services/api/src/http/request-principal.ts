import 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls, as the journal names it; undefined where nobody has to say who he is. */
    principal: string | undefined;
  }
}
