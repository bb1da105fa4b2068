import { ApiError, type Permission } from '@partitura/conductor-api';
import { Defect } from '@partitura/model';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { peerPath } from '../gateway/peers.ts';
import { sendError } from '../http/errors.ts';
import { maskOf, type Authentication, type Caller } from './authentication.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Which permissions the route asks for, as bits; any will do. Set from the table of the contract. */
    access?: number;
  }
}

/** Routes that are not in the contract, by the beginning of their path. */
const outsideContract: readonly (readonly [path: string, permissions: readonly Permission[]])[] = [
  ['/swagger-ui', ['open']],
  ['/api-docs', ['open']],
  ['/health/ready', ['read']],
  // Members of the group show each other a token of their own.
  [peerPath, ['open']],
];

const open = maskOf(['open']);
const operate = maskOf(['operate']);
const forbidden = new ApiError(403, 'the key may not do this', { error: 'FORBIDDEN' });

/**
 * The one place where it is decided who may call what. Every route must be in the table of the contract or in the list
 * above: one that is in neither keeps the server from starting. Must be installed before the routes.
 */
export function guard(
  app: FastifyInstance,
  options: {
    /** Absent: nobody has to say who he is. */
    readonly authentication: Authentication | undefined;
    readonly hostName: string;
  },
): void {
  const { authentication, hostName } = options;
  app.addHook('onRoute', (route) => {
    const listed = outsideContract.find(([path]) => route.url === path || route.url.startsWith(`${path}/`));
    const asked = route.config?.access ?? (listed && maskOf(listed[1]));
    if (asked === undefined)
      throw new Defect(`no permission is said to be needed for ${String(route.method)} ${route.url}`);
    route.config = { ...route.config, access: asked };
  });
  if (authentication === undefined) return;

  const refuse = (reply: FastifyReply, error: ApiError): void => {
    if (error.status === 401) void reply.header('www-authenticate', 'Bearer realm="partitura"');
    void sendError(reply, error, hostName);
  };
  const admit = (request: FastifyRequest, reply: FastifyReply, asked: number, caller: Caller | ApiError): boolean => {
    if (caller instanceof ApiError) {
      refuse(reply, caller);
      return false;
    }
    request.principal = caller.principal;
    if ((caller.may & asked) === 0) {
      refuse(reply, forbidden);
      return false;
    }
    request.taskTypes = caller.taskTypes;
    request.showsTokens = (caller.may & operate) === 0;
    return true;
  };
  app.addHook('onRequest', (request, reply, next) => {
    const asked = request.routeOptions.config.access;
    // Paths that do not exist tell nothing.
    if (asked === undefined || (asked & open) !== 0) {
      next();
      return;
    }
    const caller = authentication.callerOf(request.headers);
    if (!(caller instanceof Promise)) {
      if (admit(request, reply, asked, caller)) next();
      return;
    }
    caller.then((checked) => {
      if (admit(request, reply, asked, checked)) next();
    }, next);
  });
}
