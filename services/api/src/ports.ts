import type { CommandBus } from '@partitura/command-bus';
import type { DefinitionsCopy } from '@partitura/definitions';
import type { TaskKinds } from '@partitura/engine';
import type { SecretLookup } from '@partitura/expressions';
import type { Clock, Log } from '@partitura/log';
import type { PositionBoard, ReadModel } from '@partitura/read-model';
import type { HealthReport, Logger, Metrics } from '@partitura/telemetry';
import type { Authentication } from './access/authentication.ts';
import type { TaskQueues } from './gateway/port.ts';

/** Everything that the routes need of the world. */
export interface ApiPorts {
  readonly bus: Pick<CommandBus, 'call'>;
  readonly log: Pick<Log, 'offsets'>;
  readonly readModel: Pick<
    ReadModel,
    | 'workflow'
    | 'task'
    | 'tasks'
    | 'taskLogs'
    | 'running'
    | 'correlated'
    | 'searchWorkflows'
    | 'searchWorkflowsByTasks'
    | 'searchTasks'
    | 'openTasks'
    | 'history'
    | 'pinned'
  >;
  readonly positions: Pick<PositionBoard, 'waitFor' | 'known'>;
  readonly definitions: Pick<
    DefinitionsCopy,
    'position' | 'reached' | 'caughtUp' | 'get' | 'list' | 'latestVersion' | 'versions' | 'workflow' | 'task'
  >;
  readonly queues: TaskQueues;
  readonly clock: Clock;
  readonly health: { report(): HealthReport };
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Kinds of tasks, for the rules that definitions must keep. */
  readonly taskKinds: TaskKinds;
  /** Absent: nobody has to say who he is. */
  readonly authentication?: Authentication;
  /** What callers may be told about this process. */
  readonly environment: ShownEnvironment;
  /** Secrets that workers get in their copy of a task. */
  readonly secrets: SecretLookup;
  /** A fresh random UUID for each call. */
  readonly freshId: () => string;
}

export interface ShownEnvironment {
  /** Settings by name, without secrets. */
  readonly configuration: Readonly<Record<string, string>>;
  /** Variables that definitions may read, sorted by name. */
  readonly variables: ReadonlyMap<string, string>;
  /** Sorted. */
  readonly secretNames: readonly string[];
}

export interface ApiSettings {
  readonly namespace: string;
  /** P of the installation. */
  readonly partitions: number;
  /** Name of this server in error answers. */
  readonly hostName: string;
  readonly version: string;
  /** Serve a page at `/swagger-ui` that lets a person try the operations. */
  readonly swaggerPage: boolean;
  /** How long a command may take before its sender gets 503. */
  readonly answerMs: number;
  /** How long a read waits for the read model. */
  readonly freshMs: number;
  /** Reads that wait at once; beyond, reads answer at once and say that they may be stale. */
  readonly waitingReadsMax: number;
  /** Searches and lists at once, and how many more may wait; beyond: 429. */
  readonly searches: { readonly atOnce: number; readonly waiting: number };
  /** Bytes of all large request bodies in hand; beyond: 429. */
  readonly bodiesBytesMax: number;
  /** When starts are answered with 429; see `Admission`. */
  readonly admission: { readonly waitingMax: number; readonly lagMax: number };
}

export const apiDefaults = {
  swaggerPage: true,
  answerMs: 10_000,
  freshMs: 1_000,
  waitingReadsMax: 1_000,
  searches: { atOnce: 4, waiting: 200 },
  bodiesBytesMax: 256 * 1024 * 1024,
  // The read model may be an hour behind before starts are refused: runs do not need it.
  admission: { waitingMax: 20_000, lagMax: 10_000_000 },
} as const;
