import { randomBytes, randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import type { CommandBus } from '@partitura/command-bus';
import type { DefinitionsCopy } from '@partitura/definitions';
import type { TaskKinds } from '@partitura/engine';
import { definitionEnvironment, environmentSecrets, type SecretLookup } from '@partitura/expressions';
import type { Clock, Log } from '@partitura/log';
import type { PositionBoard, ReadModel } from '@partitura/read-model';
import { rationed, type Health, type Logger, type Metrics, type PartHealth } from '@partitura/telemetry';
import { Authentication } from './access/authentication.ts';
import type { ApiKey } from './access/keys.ts';
import { buildApi } from './build-api.ts';
import { reportsOver } from './gateway/decider-reports.ts';
import { Gateway } from './gateway/gateway.ts';
import { HeldReports } from './gateway/held-reports.ts';
import { peerRoutes } from './gateway/peer-routes.ts';
import type { Polling, TaskQueues } from './gateway/port.ts';
import { apiDefaults } from './ports.ts';

export interface ApiOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly namespace: string;
  /** P of the installation. */
  readonly partitions: number;
  /** Unique name of this process. */
  readonly instance: string;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly bus: CommandBus;
  readonly readModel: ReadModel;
  readonly positions: PositionBoard;
  readonly definitions: DefinitionsCopy;
  readonly taskKinds: TaskKinds;
  readonly version: string;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Keys that may log in; absent: nobody has to. */
  readonly apiKeys?: ReadonlyMap<string, ApiKey>;
  /** Signs tokens; the same in all processes that shall take each other's, and after a restart. Absent: made up now. */
  readonly tokenSecret?: Uint8Array;
  /** Settings to be shown to administrators, without secrets. */
  readonly configuration?: Readonly<Record<string, string>>;
  /** Default: variables of the environment, `CONDUCTOR_SECRET_…`. */
  readonly secrets?: SecretLookup;
}

export interface RunningApi {
  readonly port: number;
  health(): PartHealth;
  /** Answers what it was asked, takes nothing new, gives its queues up. */
  close(): Promise<void>;
}

/** How long the decider may take to confirm a doubtful hand-out. */
const askMs = 10_000;
const alarmLines = { lines: 20, perMs: 10_000 };

/** Serves the REST API, and hands tasks to HTTP workers. */
export async function startApi(options: ApiOptions): Promise<RunningApi> {
  const { log, clock, namespace, partitions, instance, host, bus, logger, metrics } = options;
  const token = randomUUID();
  const fromEnvironment = environmentSecrets(process.env);
  const started: { gateway?: Gateway } = {};
  const { apiKeys: keys } = options;
  const secret = options.tokenSecret ?? randomBytes(32);
  const reports = new HeldReports(reportsOver(bus, askMs), clock);

  const app = await buildApi(
    {
      ...options,
      ...(keys !== undefined && { authentication: new Authentication({ keys, secret, clock }) }),
      queues: queuesOf(() => started.gateway, reports),
      secrets: options.secrets ?? fromEnvironment.lookup,
      environment: {
        configuration: options.configuration ?? {},
        variables: new Map(Object.entries(definitionEnvironment(process.env).variables)),
        secretNames: fromEnvironment.names,
      },
      freshId: randomUUID,
    },
    { ...apiDefaults, namespace, partitions, hostName: hostname(), version: options.version },
  );
  peerRoutes(app, { gateway: () => started.gateway, token });
  await app.listen({ host, port: options.port });
  const { port } = app.server.address() as AddressInfo;

  // Peers are told our address, so the gateway joins once we have one.
  const parts = logger.child({ part: 'gateway' });
  // While brokers are away, every task in hand has something to say.
  const say = rationed((fields, message) => parts.warn(fields, message), {
    ...alarmLines,
    monotonic: () => clock.monotonic(),
  });
  const running = await Gateway.start({
    log,
    clock,
    namespace,
    partitions,
    instance,
    card: { address: `http://${reachable(host)}:${port}`, token },
    reports,
    onAlarm: (what, why) => say(why === undefined ? {} : { error: why }, what),
  });
  started.gateway = running;
  metrics.gauge('polls_waiting', 'Polls of workers that wait here for tasks', [], (gauge) => gauge.set(running.parked));
  metrics.gauge('commands_waiting', 'Commands whose outcome somebody here waits for', [], (gauge) =>
    gauge.set(bus.waiting),
  );

  return {
    port,
    health: () => {
      const details = { port, waiting: bus.waiting };
      if (running.hasJoined) return { ready: true, details };
      return { ready: false, problem: 'the api does not know yet which task queues it serves', details };
    },
    close: async () => {
      reports.close();
      // First the parked polls end, or closing the server would wait for them.
      await running.close();
      await app.close();
    },
  };
}

/** What peers on other machines call a process that listens on this address. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') {
    const outside = Object.values(networkInterfaces()).flatMap((all = []) => all.filter(({ internal }) => !internal));
    const [first] = outside.filter(({ family }) => family === 'IPv4').concat(outside);
    return first === undefined ? hostname() : bracketed(first.address);
  }
  return bracketed(host);
}

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);

const notYet: Polling = { polled: Promise.resolve({ tasks: [] }), cancel: () => undefined };

/** The gateway begins a moment after the server: until then a poll finds nothing. */
function queuesOf(gateway: () => Gateway | undefined, reports: HeldReports): TaskQueues {
  return {
    takeReport: (taskId) => reports.take(taskId),
    flushReports: (run) => reports.flush(run),
    undelivered: (ids) => {
      for (const id of ids) reports.undelivered(id);
    },
    poll: (request) => gateway()?.poll(request) ?? notYet,
    queueOf: (id) => gateway()?.queueOf(id),
    sizes: (queues) => gateway()?.sizes(queues) ?? Promise.resolve([]),
    pollData: (type) => gateway()?.pollData(type) ?? Promise.resolve([]),
  };
}
