import {
  access,
  ApiError,
  operations,
  Parameters,
  routeSchema,
  TaskTemplates,
  type OperationId,
  type Rendering,
} from '@partitura/conductor-api';
import { isUserWorkflowId, type Payload, type WorkflowId } from '@partitura/model';
import { limits } from '@partitura/wire';
import { rationed } from '@partitura/telemetry';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { maskOf } from '../access/authentication.ts';
import { Admission } from '../commands/admission.ts';
import { Dispatcher, type Sender } from '../commands/dispatcher.ts';
import { routerPath } from '../http/paths.ts';
import type { ApiPorts, ApiSettings } from '../ports.ts';
import { Deliveries } from './deliveries.ts';
import { EndedRuns } from './ended-run.ts';
import { HandOuts } from './hand-out.ts';
import { Bulkhead } from '../reads/bulkhead.ts';
import { FreshReads, type Freshness } from '../reads/freshness.ts';

/** What all routes share. */
export interface RouteContext {
  readonly ports: ApiPorts;
  readonly settings: ApiSettings;
  readonly dispatcher: Dispatcher;
  readonly fresh: FreshReads;
  /** Searches go through here. */
  readonly searches: Bulkhead;
  readonly endedRuns: EndedRuns;
  readonly handOuts: HandOuts;
  readonly deliveries: Deliveries;
  /** How executions are shown right now. */
  readonly rendering: () => Rendering;
}

export function createContext(ports: ApiPorts, settings: ApiSettings): RouteContext {
  const templates = new TaskTemplates();
  const { bus, freshId, definitions, clock, log, positions, logger } = ports;
  const { namespace, partitions } = settings;
  const say = rationed((fields, message) => logger.warn(fields, message), {
    lines: 20,
    perMs: 10_000,
    monotonic: () => clock.monotonic(),
  });
  const settle = (id: string): Promise<void> => ports.queues.flushReports(id as WorkflowId);
  return {
    ports,
    settings,
    dispatcher: new Dispatcher({
      bus,
      freshId,
      definitions,
      answerMs: settings.answerMs,
      admission: new Admission({ ...settings.admission, log, positions, clock, namespace, partitions }),
      settle,
    }),
    searches: new Bulkhead('searches', settings.searches),
    fresh: new FreshReads({
      log,
      positions,
      namespace,
      partitions,
      waitMs: settings.freshMs,
      waitingMax: settings.waitingReadsMax,
      settle,
      onAlarm: (what, error) => say({ error }, what),
    }),
    endedRuns: new EndedRuns(definitions, ports.taskKinds),
    handOuts: new HandOuts(ports.secrets, ports.authentication?.taskTokens),
    deliveries: new Deliveries(ports.queues),
    rendering: () => ({ now: clock.now(), templates }),
  };
}

/** One request, read by Conductor's rules. */
export interface Call extends Sender {
  readonly query: Parameters;
  /** A parameter of the path, decoded. */
  readonly path: (name: string) => string;
  /** The body as it came; empty when there was none. */
  readonly body: Uint8Array;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

export type Handler = (call: Call) => Promise<FastifyReply> | FastifyReply;

const noBytes = new Uint8Array();

/** Serves an operation of the contract. */
export function serve(
  app: FastifyInstance,
  id: OperationId,
  handle: Handler,
  options: { readonly bodyLimit?: number } = {},
): void {
  const operation = operations[id];
  const url = routerPath(operation.path);
  const takesJson = operation.body !== undefined && operation.body !== 'raw';
  app.route({
    method: operation.method,
    url,
    schema: routeSchema(id, operation),
    config: { access: maskOf(access[id]) },
    ...options,
    handler: (request, reply) => {
      request.route = url;
      if (takesJson) requireJson(request);
      const path = new Parameters(request.params);
      if (request.taskTypes !== undefined) requireTaskType(request, path.text('tasktype'));
      return handle({
        query: new Parameters(request.query),
        path: (name) => path.text(name) ?? noSuchPath(request.url),
        body: request.body instanceof Uint8Array ? request.body : noBytes,
        principal: request.principal,
        request,
        reply,
      });
    },
  });
}

/** A parameter that is empty was not there: `/api/workflow/` is no run. */
function noSuchPath(url: string): never {
  throw new ApiError(404, `No such path: ${url.split('?', 1)[0] ?? ''}`);
}

/** A worker that is limited to some task types sees no other queue. */
export function requireTaskType({ taskTypes }: Pick<FastifyRequest, 'taskTypes'>, type: string | undefined): void {
  if (taskTypes === undefined || type === undefined || taskTypes.has(type)) return;
  throw new ApiError(403, `the key is not for tasks of type ${type}`, { error: 'FORBIDDEN' });
}

/** Besides saying what it is, this keeps pages of other sites from sending bodies without asking the browser's leave. */
function requireJson(request: FastifyRequest): void {
  const type = request.headers['content-type'];
  if (type === 'application/json') return;
  if (type === undefined) {
    if (!(request.body instanceof Uint8Array) || request.body.length === 0) return;
    throw new ApiError(415, 'Content-Type is missing; send application/json');
  }
  if (/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(type)) return;
  throw new ApiError(415, `Content-Type '${type}' is not supported; send application/json`);
}

/** The id of a run as it may stand in a path; any other text is an id that nobody has. */
export function runId(id: string): WorkflowId {
  if (!isUserWorkflowId(id)) throw unknownRun(id);
  return id as WorkflowId;
}

/**
 * What is said of something that was not found: a read that could not wait for what was acknowledged before it cannot
 * say that it is not there.
 */
export const absent = ({ stale }: Pick<Freshness, 'stale'>, error: ApiError): ApiError =>
  stale
    ? new ApiError(503, `${error.message}; but what is shown lags behind, try again`, { retryAfterSeconds: 1 })
    : error;

export const unknownRun = (id: string): ApiError => new ApiError(404, `No such workflow found by id: ${id}`);

/** A value that may be sent on; throws 413 for one above the limit. */
export function withinLimit(value: Payload, what: string): Payload {
  if (value.bytes.length <= limits.valueBytes) return value;
  throw new ApiError(413, `${what} has ${value.bytes.length} bytes; at most ${limits.valueBytes} are allowed`);
}

/** A name that outsiders chose. */
export function nameWithinLimit(name: string, what: string): string {
  if (name.length <= limits.nameChars) return name;
  throw new ApiError(400, `${what} may have at most ${limits.nameChars} characters`);
}
