import 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls, as the journal names it; undefined where nobody has to say who he is. */
    principal: string | undefined;
    /** Task types that the caller may poll and report; undefined: all. */
    taskTypes: ReadonlySet<string> | undefined;
    /** May report only tasks that he shows to have been handed; see `TaskTokens`. */
    showsTokens: boolean;
    /** The route of an operation of the contract that was reached. */
    route: string | undefined;
    /** What the answer says, if it is an error. */
    refusedBecause: string | undefined;
  }
}
