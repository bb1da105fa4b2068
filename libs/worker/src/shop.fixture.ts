/** A world with a namespace, queues, and somebody who answers workers as a decider does. */
import type { Log } from '@partitura/log';
import { SimulatedWorld, type WorldOptions } from '@partitura/log-simulated';
import {
  Payload,
  taskIdOf,
  workflowId,
  type CommandEnvelope,
  type JsonObject,
  type Outcome,
  type TaskRecord,
  type TaskResult,
} from '@partitura/model';
import {
  createCommandCodec,
  groupNames,
  partitionOf,
  replyCodec,
  taskCodec,
  taskTopicSpec,
  topicNames,
  topicSpecs,
} from '@partitura/wire';
import type { TaskInputs } from './task-handler.ts';
import { createWorker, type Worker, type WorkerOptions } from './worker.ts';

const namespace = 'shop';
const partitions = 2;
const topics = topicNames(namespace);
export const queuePartitions = 3;

/** What is known of a task, by its id. */
export interface Task {
  readonly record: TaskRecord;
  dispatch: number;
  /** Names of workers whose begin was accepted. */
  readonly started: string[];
  /** The outcome that counts. */
  ended: TaskResult | undefined;
  /** Reports, repeats included, heartbeats not. */
  reports: number;
  last: TaskResult | undefined;
  leases: number;
}

export class Shop {
  readonly world: SimulatedWorld;
  readonly tasks = new Map<string, Task>();
  readonly alarms: string[] = [];
  readonly group = groupNames(namespace).queue('pack');
  /** Every command, in the order of its partition. */
  readonly heard: CommandEnvelope[] = [];
  #made = 0;
  #lives = 0;

  constructor(options: Partial<WorldOptions> = {}) {
    this.world = new SimulatedWorld({ seed: 1, ...options });
    this.world.createTopics(topicSpecs(namespace, partitions));
    this.#decide(this.world.process('decider').log);
  }

  createQueue(type = 'pack', domain?: string): string {
    const spec = taskTopicSpec(namespace, domain === undefined ? { type } : { type, domain }, {
      partitions: queuePartitions,
    });
    this.world.createTopics([spec]);
    return spec.topic;
  }

  /** Puts a task into its queue; `more.taskId` hands out an earlier one again. */
  hand(input: JsonObject = {}, more: Partial<TaskRecord> = {}): Task {
    const made = this.#made++;
    const known = more.taskId === undefined ? undefined : this.tasks.get(more.taskId);
    const workflow = known?.record.workflowId ?? workflowId(`order-${made}`);
    const taskId = more.taskId ?? taskIdOf({ workflowId: workflow, startIndex: 1, version: 1, ordinal: 0 });
    const record: TaskRecord = {
      taskId,
      workflowId: workflow,
      workflowName: 'fulfil',
      workflowVersion: 1,
      taskType: 'pack',
      taskDefName: 'pack',
      referenceName: 'pack_ref',
      dispatch: 1,
      attempt: 0,
      seq: 1,
      iteration: 0,
      pollCount: 0,
      priority: 0,
      scheduledAt: this.world.now,
      startedAt: 0,
      startDelaySeconds: 0,
      responseTimeoutSeconds: 10,
      input: Payload.of(input),
      workflowTask: Payload.empty,
      output: Payload.empty,
      ...more,
    };
    const task = known ?? {
      record,
      dispatch: 0,
      started: [],
      ended: undefined,
      last: undefined,
      reports: 0,
      leases: 0,
    };
    task.dispatch = Math.max(task.dispatch, record.dispatch);
    this.tasks.set(taskId, task);
    const topic = this.createQueue(record.taskType, record.domain);
    const at = { topic, partition: made % queuePartitions };
    this.world.put(at, [{ key: null, value: taskCodec.encode(record) }]);
    return task;
  }

  hands(count: number): Task[] {
    return Array.from({ length: count }, (_, n) => this.hand({ n }));
  }

  /** Lets a worker that runs find out that every partition is its own: what comes from now on nobody else has had. */
  async warmUp(): Promise<void> {
    this.hands(queuePartitions);
    await this.world.run(() => this.isDrained());
  }

  /** A worker in a process of that name. */
  async work<Inputs extends TaskInputs>(
    process: string,
    handlers: WorkerOptions<Inputs>['handlers'],
    more: Partial<WorkerOptions<Inputs>> = {},
  ): Promise<Worker> {
    const { log, clock } = this.world.process(process);
    const onAlarm = (what: string): void => void this.alarms.push(what);
    const working = createWorker({
      log,
      clock,
      namespace,
      handlers,
      workerId: process,
      instance: `${process}.${this.#lives++}`,
      onAlarm,
      ...more,
    });
    return this.world.resolve(working);
  }

  committed(partition: number): number {
    return this.world.committed(this.group, { topic: topics.tasks('pack'), partition });
  }

  /** The task of a record of the queue. */
  taskAt(partition: number, offset: number): Task | undefined {
    const record = this.world.everything({ topic: topics.tasks('pack'), partition })[offset];
    return record?.value === null || record === undefined
      ? undefined
      : this.tasks.get(taskCodec.decode(record.value).taskId);
  }

  /** Ids of tasks with a durable report, whether somebody has read it or not. */
  reported(): ReadonlySet<string> {
    const codec = createCommandCodec({ topic: topics.commands, partitions });
    const ids = new Set<string>();
    for (const at of this.world.partitions(topics.commands)) {
      for (const record of this.world.everything(at)) {
        const decoded = codec.decode(at.partition, record);
        if (decoded.kind !== 'command' || decoded.envelope.body.type !== 'TaskResult') continue;
        if (!decoded.envelope.body.extendLease) ids.add(decoded.envelope.body.taskId);
      }
    }
    return ids;
  }

  /** Whether everything in the queue is committed. */
  isDrained(): boolean {
    const all = this.world.partitions(topics.tasks('pack'));
    return all.every((at) => this.committed(at.partition) === this.world.offsets(at).end);
  }

  #decide(log: Log): void {
    const codec = createCommandCodec({ topic: topics.commands, partitions });
    for (let partition = 0; partition < partitions; partition++) {
      const begin = (from: number): void => {
        let next = from;
        log.follow({
          topic: topics.commands,
          partition,
          from,
          onBatch: (batch) => {
            for (const record of batch.records) {
              const decoded = codec.decode(partition, record);
              if (decoded.kind !== 'command') throw new Error(decoded.reason);
              if (partitionOf(decoded.envelope.aggregate, partitions) !== partition) throw new Error('sent astray');
              this.heard.push(decoded.envelope);
              this.#answer(log, decoded.envelope, this.#decideOne(decoded.envelope), partition);
            }
            next = batch.nextOffset;
          },
          onEnd: () => begin(next),
        });
      };
      begin(0);
    }
  }

  #answer(log: Log, { replyTo }: CommandEnvelope, outcome: Outcome, partition: number): void {
    if (replyTo === undefined) return;
    const { instance, correlation } = replyTo;
    const value = replyCodec.encode({ instance, correlation, outcome, partition, offset: 0 });
    log
      .send([{ topic: topics.replies, partition: replyTo.partition, key: Buffer.from(instance), value }])
      .catch(() => undefined);
  }

  #decideOne({ body }: CommandEnvelope): Outcome {
    if (body.type !== 'TaskStarted' && body.type !== 'TaskResult') throw new Error(`a worker sent ${body.type}`);
    const refuse = (code: string): Outcome => ({ kind: 'rejected', code, reason: code });
    const repeated: Outcome = { kind: 'duplicate', first: { kind: 'accepted' } };
    const task = this.tasks.get(body.taskId);
    if (task === undefined) return refuse('TASK_NOT_FOUND');
    if (body.type === 'TaskResult') {
      if (!body.extendLease) {
        task.reports++;
        task.last = body;
      }
      if ((body.dispatch ?? 0) < task.dispatch) return refuse('STALE_DISPATCH');
      if (task.ended !== undefined) return repeated;
      if (body.begun !== undefined) task.started.push(body.begun.workerId ?? '');
      if (body.extendLease) task.leases++;
      else if (body.status !== 'IN_PROGRESS') task.ended = body;
      return { kind: 'accepted' };
    }
    if (task.ended !== undefined) return refuse('TASK_ENDED');
    if (body.dispatch !== task.dispatch) return refuse('STALE_DISPATCH');
    task.started.push(body.workerId ?? '');
    return task.started.length > 1 ? repeated : { kind: 'accepted' };
  }
}

/** A place where handlers wait until the test lets them go. */
export class Gate {
  came = 0;
  readonly #open: (() => void)[] = [];

  pass(): Promise<void> {
    this.came++;
    return new Promise((resolve) => this.#open.push(resolve));
  }

  /** Lets so many go, the first first. */
  open(count = Number.POSITIVE_INFINITY): void {
    for (const resolve of this.#open.splice(0, count)) resolve();
  }
}
