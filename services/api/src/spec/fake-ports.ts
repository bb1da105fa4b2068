import type { Order } from '@partitura/command-bus';
import type { Clock } from '@partitura/log';
import {
  Fault,
  Payload,
  taskId,
  workflowId,
  type DefinitionRecord,
  type EndedRun,
  type Json,
  type Outcome,
  type Reply,
  type TaskBegun,
  type TaskLog,
  type TaskSearch,
  type TaskRecord,
  type TaskView,
  type WorkflowSearch,
  type WorkflowView,
} from '@partitura/model';
import { taskKinds } from '@partitura/tasks';
import { createMetrics, Health, silentLogger } from '@partitura/telemetry';
import { partitionOf, type Queue } from '@partitura/wire';
import { buildApi } from '../build-api.ts';
import type { HandedOut, Polled, PollRequest } from '../gateway/port.ts';
import { apiDefaults, type ApiPorts, type ApiSettings } from '../ports.ts';

export const partitions = 4;
export const now = 1_700_000_000_000;

const charges: Queue = { type: 'charge', domain: 'eu' };

/** A world in memory around the routes: what they send is kept, what they read is set by the test. */
export class FakeWorld {
  readonly sent: Order[] = [];
  /** Answers commands in turn; after the last one everything is accepted. */
  readonly outcomes: (Outcome | Fault)[] = [];
  readonly runs = new Map<string, WorkflowView>();
  readonly logs = new Map<string, readonly TaskLog[]>();
  readonly records: DefinitionRecord[] = [];
  readonly polls: PollRequest[] = [];
  readonly ready: HandedOut[] = [];
  readonly searches: WorkflowSearch[] = [];
  readonly taskSearches: TaskSearch[] = [];
  readonly running: unknown[] = [];
  readonly openTaskLists: unknown[] = [];
  notice: string | undefined;
  /** Where tasks were handed out from, as far as the gateway remembers. */
  queueOf: Queue | undefined = charges;
  /** Ends of the journal, by partition; and how far the read model is. */
  journalEnd = 5;
  readPosition = 5;
  healthy = true;
  /** Hand-outs that were not reported yet, and what became of them. */
  readonly begun = new Map<string, TaskBegun>();
  readonly reported: string[] = [];
  /** Who was handed the tasks that were not reported yet. */
  begunBy: string | undefined;
  /** Tasks that never reached their client. */
  readonly undelivered: string[] = [];
  /** The run that answers to starts tell of. */
  ended: EndedRun | undefined;
  /** How long commands stay without an answer before there is none. */
  silentMs = 0;
  #ids = 0;

  /** Empty again; a server under test goes on with it. */
  reset(): void {
    for (const list of [
      this.sent,
      this.outcomes,
      this.records,
      this.polls,
      this.ready,
      this.searches,
      this.taskSearches,
      this.running,
      this.openTaskLists,
    ]) {
      list.length = 0;
    }
    for (const map of [this.runs, this.logs, this.begun]) map.clear();
    this.reported.length = this.undelivered.length = 0;
    this.begunBy = undefined;
    this.notice = undefined;
    this.queueOf = charges;
    this.journalEnd = this.readPosition = 5;
    this.healthy = true;
    this.silentMs = this.#ids = 0;
    this.ended = undefined;
  }

  readonly ports: ApiPorts = {
    bus: { call: (order) => this.#answer(order) },
    log: { offsets: () => Promise.resolve({ start: 0, end: this.journalEnd }) },
    readModel: {
      workflow: (id, { includeTasks }) => {
        const run = this.runs.get(id);
        return Promise.resolve(run && (includeTasks ? run : { ...run, tasks: [] }));
      },
      task: (id) =>
        Promise.resolve([...this.runs.values()].flatMap(({ tasks }) => tasks).find((one) => one.taskId === id)),
      tasks: (id, { start, count, statuses }) => {
        const run = this.runs.get(id);
        const all = run?.tasks.filter(({ status }) => statuses?.includes(status) ?? true) ?? [];
        return Promise.resolve(run && { totalHits: all.length, results: all.slice(start, start + count) });
      },
      taskLogs: (id) => Promise.resolve(this.logs.get(id) ?? []),
      running: (query) => {
        this.running.push(query);
        return Promise.resolve([...this.runs.keys()]);
      },
      correlated: ({ correlationIds }) =>
        Promise.resolve(
          new Map(correlationIds.map((id) => [id, [...this.runs.values()].filter((run) => run.correlationId === id)])),
        ),
      searchWorkflowsByTasks: (search) => {
        this.taskSearches.push(search);
        return Promise.resolve({ totalHits: this.runs.size, results: [...this.runs.values()] });
      },
      openTasks: (query) => {
        this.openTaskLists.push(query);
        return Promise.resolve([...this.runs.values()].flatMap(({ tasks }) => tasks));
      },
      history: () => Promise.resolve({ archivedThrough: 0 }),
      pinned: () => Promise.resolve(() => Payload.empty),
      searchTasks: (search) => {
        this.taskSearches.push(search);
        const results = [...this.runs.values()].flatMap(({ tasks }) => tasks);
        return Promise.resolve({ totalHits: results.length, results });
      },
      searchWorkflows: (search) => {
        this.searches.push(search);
        return Promise.resolve({ totalHits: this.runs.size, results: [...this.runs.values()] });
      },
    },
    positions: {
      waitFor: (_partition, position) => Promise.resolve(this.readPosition >= position),
      known: new Map([[0, 5]]),
    },
    definitions: {
      position: 7,
      reached: () => Promise.resolve(true),
      caughtUp: () => Promise.resolve(true),
      get: (kind, name, version) =>
        this.records
          .filter(
            (record) =>
              record.kind === kind && record.name === name && (version === undefined || record.version === version),
          )
          .at(-1),
      workflow: (name, version) =>
        this.records
          .filter((record) => record.kind === 'workflow' && record.name === name)
          .filter((record) => version === undefined || record.version === version)
          .at(-1)?.body,
      task: (name) => this.records.find((record) => record.kind === 'task' && record.name === name)?.body,
      list: (kind) => this.records.filter((record) => record.kind === kind),
      latestVersion: (name) =>
        Math.max(...this.records.filter((record) => record.name === name).map(({ version }) => version ?? 0)),
      versions: (name) => this.records.filter((record) => record.name === name).map(({ version }) => version ?? 0),
    },
    queues: {
      poll: (request) => {
        this.polls.push(request);
        const tasks = this.ready.splice(0, request.count);
        const polled: Polled = this.notice === undefined ? { tasks } : { tasks, notice: this.notice };
        return { polled: Promise.resolve(polled), cancel: () => undefined };
      },
      undelivered: (ids) => this.undelivered.push(...ids),
      queueOf: () => this.queueOf,
      takeReport: (taskId) => {
        const begun = this.begun.get(taskId);
        if (begun === undefined) return undefined;
        return {
          begun,
          principal: this.begunBy,
          recorded: () => this.reported.push(`${taskId} recorded`),
          release: () => this.reported.push(`${taskId} released`),
        };
      },
      flushReports: (run) => {
        this.reported.push(`${run} flushed`);
        return Promise.resolve();
      },
      sizes: (queues = [{ type: 'b' }, { type: 'a', domain: 'd' }]) =>
        Promise.resolve(
          queues.map((queue) => ({ ...queue, waiting: queue.type === 'none' ? 0 : 3, unacknowledged: 1 })),
        ),
      pollData: (type) =>
        Promise.resolve([
          { type: type ?? 'any', domain: 'd', workerId: 'w1', at: now },
          { type: type ?? 'any', at: now },
        ]),
    },
    clock: fakeClock,
    health: {
      report: () => {
        const health = new Health();
        health.add('log', () => ({ ready: this.healthy, details: {} }));
        return health.report();
      },
    },
    metrics: createMetrics({ processMetrics: false }),
    logger: silentLogger,
    taskKinds,
    environment: {
      configuration: { port: '8080' },
      variables: new Map([['REGION', 'eu']]),
      secretNames: ['KEY'],
    },
    secrets: (name) => (name === 'KEY' ? 's3cret' : undefined),
    freshId: () => `00000000-0000-4000-8000-${String(++this.#ids).padStart(12, '0')}`,
  };

  api(settings: Partial<ApiSettings> = {}, ports: Partial<ApiPorts> = {}): ReturnType<typeof buildApi> {
    const fresh = { ...this.ports, metrics: createMetrics({ processMetrics: false }), ...ports };
    return buildApi(fresh, {
      namespace: 'test',
      partitions,
      hostName: 'here',
      version: '1.2.3',
      ...apiDefaults,
      swaggerPage: false,
      ...settings,
    });
  }

  #answer(order: Order): Promise<Reply> {
    this.sent.push(order);
    if (this.silentMs > 0) {
      const silence = new Fault('NO_ANSWER', 'nobody answered', { retryable: true });
      return new Promise((_, reject) => setTimeout(() => reject(silence), this.silentMs).unref());
    }
    const outcome = this.outcomes.shift() ?? { kind: 'accepted' };
    if (outcome instanceof Fault) return Promise.reject(outcome);
    const partition = partitionOf(order.aggregate, partitions);
    return Promise.resolve({
      instance: 'i',
      correlation: 1,
      outcome,
      partition,
      offset: 41,
      definitionsOffset: 6,
      ...(this.ended !== undefined && { run: this.ended }),
    });
  }
}

const fakeClock: Clock = {
  now: () => now,
  monotonic: () => 0,
  after: (delayMs, task) => {
    // Ten times as fast as the world.
    const timer = setTimeout(task, delayMs / 10);
    return () => clearTimeout(timer);
  },
};

export function definitionRecord(kind: DefinitionRecord['kind'], body: Record<string, Json>): DefinitionRecord {
  const { name, version } = body;
  return {
    kind,
    name: typeof name === 'string' ? name : '',
    ...(typeof version === 'number' && { version }),
    revision: 1,
    deleted: false,
    body: Payload.of(body),
  };
}

const workflowTask = Payload.of({
  name: 'charge',
  taskReferenceName: 'c',
  type: 'SIMPLE',
  taskDefinition: { name: 'charge', rateLimitPerFrequency: 0, rateLimitFrequencyInSeconds: 1 },
});

export function run(fields: Partial<WorkflowView> = {}): WorkflowView {
  return {
    workflowId: workflowId('w-1'),
    startIndex: 3,
    name: 'order',
    version: 2,
    status: 'RUNNING',
    createTime: now,
    updateTime: now + 1,
    endTime: 0,
    lastRetriedTime: 0,
    input: Payload.of({ qty: 1 }),
    output: Payload.empty,
    variables: Payload.of({ v: 1 }),
    priority: 0,
    taskToDomain: {},
    failedReferenceTaskNames: [],
    failedTaskNames: [],
    definition: Payload.of({ name: 'order', version: 2, tasks: [] }),
    tasks: [],
    partition: 0,
    offset: 4,
    ...fields,
  };
}

export function task(fields: Partial<TaskView> = {}): TaskView {
  return {
    taskId: taskId('w-1~3.1.0'),
    workflowId: workflowId('w-1'),
    workflowName: 'order',
    referenceName: 'c',
    taskType: 'charge',
    taskDefName: 'charge',
    status: 'SCHEDULED',
    seq: 1,
    attempt: 0,
    retried: false,
    iteration: 0,
    input: Payload.of({ amount: 5 }),
    output: Payload.empty,
    pollCount: 0,
    scheduledTime: now,
    startTime: 0,
    endTime: 0,
    updateTime: 0,
    startDelaySeconds: 0,
    callbackAfterSeconds: 0,
    responseTimeoutSeconds: 3600,
    priority: 0,
    workflowTask,
    ...fields,
  };
}

export function record(fields: Partial<TaskRecord> = {}): TaskRecord {
  return {
    taskId: taskId('w-1~3.1.0'),
    workflowId: workflowId('w-1'),
    workflowName: 'order',
    workflowVersion: 2,
    taskType: 'charge',
    taskDefName: 'charge',
    referenceName: 'c',
    dispatch: 1,
    attempt: 0,
    seq: 1,
    iteration: 0,
    pollCount: 0,
    priority: 7,
    scheduledAt: now - 100,
    startedAt: 0,
    startDelaySeconds: 0,
    responseTimeoutSeconds: 3600,
    input: Payload.fromBytes(Buffer.from('{"amount":1.0,"big":12345678901234567890,"note":null}')),
    workflowTask,
    output: Payload.empty,
    ...fields,
  };
}
