import { deciders, joinDeciders } from '@partitura/aggregates';
import { normalizeTaskDef } from '@partitura/engine';
import { hostPartitions, journalDefaults, type PartitionHost } from '@partitura/journal';
import type { AddressedRecord } from '@partitura/log';
import { commandId, Payload, workflowId, workflowOfTask, type Json, type TaskId } from '@partitura/model';
import { taskKinds } from '@partitura/tasks';
import { encodePublicCommand, partitionOf, topicNames } from '@partitura/wire';
import { clock } from '../load/clock.ts';
import { onePartitionCodec, onePartitionTopics } from '../one-partition.ts';
import { QuickLog } from './quick-log.ts';

const namespace = 'core';
const topics = topicNames(namespace);

/** CPU of this process so far, µs. */
const cpuUs = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/**
 * One partition with everything that a decider does to a command, except for what reaches outside of the process: real
 * commands, entries, task records and replies as bytes. Workers answer at once; what that costs is told apart.
 */
export class QuickPartition {
  readonly #log = new QuickLog((records) => this.#sent(records), topics.journal);
  readonly #definitions = new Map<string, Payload>();
  #host: PartitionHost | undefined;
  #loadMs = 0;
  #commands = 0;
  #ended: () => void = () => undefined;
  readonly #output: Payload;

  constructor(output: Json) {
    this.#output = Payload.of(output);
  }

  async open(definitions: readonly object[], taskType: string): Promise<void> {
    for (const definition of definitions) {
      this.#definitions.set((definition as { readonly name: string }).name, Payload.of(definition as Json));
    }
    const raw = { name: taskType, retryCount: 3, timeoutSeconds: 0, responseTimeoutSeconds: 60 };
    const task = Payload.of(normalizeTaskDef(raw, '', []) as unknown as Json);
    let isOwning: () => void = () => undefined;
    const owning = new Promise<void>((resolve) => (isOwning = resolve));
    this.#host = await hostPartitions({
      log: this.#log,
      clock,
      domain: joinDeciders(deciders(taskKinds, { environment: { variables: {} } })),
      codec: onePartitionCodec(namespace),
      topics: onePartitionTopics(namespace),
      partitionOf: (id) => partitionOf(id, 1),
      definitions: {
        position: 0,
        reached: () => Promise.resolve(true),
        workflow: (name) => this.#definitions.get(name),
        task: (name) => (name === taskType ? task : undefined),
        latestVersion: (name) => (this.#definitions.has(name) ? 1 : undefined),
      },
      reviveTask: () => {
        throw new Error('there is no archive here');
      },
      freshToken: () => `${process.pid}-${performance.now()}`,
      observer: {
        alarm: ({ code, message }) => console.error(`alarm ${code}: ${message}`),
        phase: (_, phase) => phase === 'owning' && isOwning(),
      },
      settings: { ...journalDefaults, owner: 'core', partitions: 1, closedMemoryMs: 1_000, closedMemoryCount: 1_000 },
    });
    await owning;
  }

  async close(): Promise<void> {
    await this.#host?.close();
  }

  /** Runs so many workflows, so many at a time, and tells what the core of the decider has cost: µs of CPU in all. */
  async run(name: string, input: Json, count: number, concurrency: number): Promise<number> {
    let started = 0;
    let ended = 0;
    const payload = Payload.of(input);
    const start = (): void => {
      started += 1;
      this.#start(name, payload);
    };
    const before = cpuUs();
    this.#loadMs = 0;
    await new Promise<void>((resolve) => {
      this.#ended = () => {
        ended += 1;
        if (started < count) start();
        else if (ended === count) resolve();
      };
      while (started < Math.min(count, concurrency)) start();
    });
    return cpuUs() - before - this.#loadMs * 1_000;
  }

  #start(name: string, input: Payload): void {
    const id = workflowId(`w-${String(++this.#commands).padStart(20, '0')}`);
    const encoded = encodePublicCommand({
      commandId: commandId(`start-${this.#commands}`),
      aggregate: id,
      sentAt: Date.now(),
      replyTo: { partition: 0, instance: 'core', correlation: this.#commands },
      body: { type: 'StartWorkflow', name, input, priority: 0, taskToDomain: {}, replyWhenEnded: true },
    });
    this.#log.put(topics.commands, encoded);
  }

  #sent(records: readonly AddressedRecord[]): void {
    const began = performance.now();
    for (const { topic, key } of records) {
      if (topic === topics.replies) this.#ended();
      else if (key !== null) this.#complete(Buffer.from(key).toString('latin1') as TaskId);
    }
    this.#loadMs += performance.now() - began;
  }

  #complete(taskId: TaskId): void {
    const aggregate = workflowOfTask(taskId);
    if (aggregate === undefined) throw new Error(`${taskId} is not the id of a task`);
    const sentAt = Date.now();
    const encoded = encodePublicCommand({
      commandId: commandId(`r${++this.#commands}`),
      aggregate: workflowId(aggregate),
      sentAt,
      body: {
        type: 'TaskResult',
        taskId,
        status: 'COMPLETED',
        output: this.#output,
        workerId: 'worker-1',
        begun: { at: sentAt, dispatch: 1, workerId: 'worker-1' },
        dispatch: 1,
        callbackAfterSeconds: 0,
        extendLease: false,
        logs: [],
      },
    });
    this.#log.put(topics.commands, encoded);
  }
}
