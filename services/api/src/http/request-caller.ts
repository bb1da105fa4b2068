import 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls, as the journal names it; undefined where nobody has to say who he is. */
    principal: string | undefined;
    /** Task types that the caller may poll and report; undefined: all. */
    taskTypes: ReadonlySet<string> | undefined;
  }
}
