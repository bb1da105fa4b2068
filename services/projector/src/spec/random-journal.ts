import {
  commandId,
  Payload,
  taskIdOf,
  workflowId,
  type DomainEvent,
  type EndedTaskStatus,
  type JournalRecord,
  type TaskId,
  type TaskScheduled,
  type WorkflowId,
} from '@partitura/model';

/** A small generator of numbers that a seed determines. */
export function seeded(seed: number): (below: number) => number {
  let state = Math.imul(seed + 1, 2_654_435_761) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}

interface Run {
  readonly id: WorkflowId;
  readonly startIndex: number;
  version: number;
  seq: number;
  open: { readonly taskId: TaskId; dispatch: number }[];
  ended: TaskId[];
  status: 'RUNNING' | 'PAUSED' | 'ENDED';
}

const limits = {
  timeoutMs: 0,
  timeoutPolicy: 'TIME_OUT_WF',
  responseTimeoutMs: 3_600_000,
  pollTimeoutMs: 0,
  totalTimeoutMs: 0,
} as const;

/**
 * A journal partition as owners may leave it: claims, decisions of many runs with every kind of event, ids that are
 * used again, and what must not count: writes of superseded owners, second copies, repeated claims. Not a workflow
 * engine: it only keeps to what the events promise.
 */
export class RandomJournal {
  readonly #random: (below: number) => number;
  readonly #runs: Run[] = [];
  /** A workflow lives in one partition, so journals of different seeds share none. */
  readonly #prefix: string;
  #offset = 0;
  #index = 0;
  #epoch = -1;
  #token = '';
  #at = 1_700_000_000_000;
  #last: JournalRecord | undefined;
  #definitions = new Set<string>();

  constructor(seed: number) {
    this.#random = seeded(seed);
    this.#prefix = `run-${seed}`;
  }

  /** The next records, in order. */
  take(count: number): JournalRecord[] {
    return Array.from({ length: count }, () => this.#next());
  }

  get runs(): readonly { readonly id: WorkflowId; readonly startIndex: number }[] {
    return this.#runs;
  }

  #next(): JournalRecord {
    const record = this.#make();
    this.#offset += 1;
    return record;
  }

  #make(): JournalRecord {
    const dice = this.#random(100);
    if (this.#epoch < 0 || dice === 0) return this.#claim();
    // What must not count: a second copy, a claim again, the write of an owner before this one.
    if (dice === 1 && this.#last !== undefined) return this.#last;
    if (dice === 2) return { ...claimOf(this.#token) };
    if (dice === 3) return { ...this.#decision(workflowId('zombie'), 1, []), epoch: this.#epoch - 1 };
    const record = dice < 25 || this.#runs.length === 0 ? this.#start() : this.#continue();
    this.#index += 1;
    this.#last = record;
    return record;
  }

  #claim(): JournalRecord {
    this.#epoch = this.#offset;
    this.#token = `token-${this.#offset}`;
    this.#last = undefined;
    return claimOf(this.#token);
  }

  #start(): JournalRecord {
    const reused =
      this.#random(10) === 0 ? this.#pick(this.#runs.filter(({ status }) => status === 'ENDED')) : undefined;
    const id = reused?.id ?? workflowId(`${this.#prefix}-${this.#index}`);
    if (reused !== undefined) this.#runs.splice(this.#runs.indexOf(reused), 1);
    const run: Run = { id, startIndex: this.#index, version: 0, seq: 0, open: [], ended: [], status: 'RUNNING' };
    this.#runs.push(run);
    const definitionHash = `hash-${this.#random(3)}`;
    const carried = !this.#definitions.has(definitionHash);
    this.#definitions.add(definitionHash);
    const started: DomainEvent = {
      type: 'WorkflowStarted',
      name: `flow${this.#random(3)}`,
      version: 1 + this.#random(2),
      definitionHash,
      ...(carried ? { definition: definitionOf(definitionHash) } : {}),
      input: this.#payload(),
      variables: this.#random(2) === 0 ? Payload.empty : this.#payload(),
      ...(this.#random(2) === 0 ? { correlationId: `order-${this.#random(20)}` } : {}),
      priority: this.#random(100),
      taskToDomain: this.#random(4) === 0 ? { charge: 'eu' } : {},
      timeoutAt: 0,
      ...(this.#random(9) === 0 ? { createdBy: 'nul \0 and \ud800 lone' } : {}),
    };
    return this.#record(run, (version) => [started, ...this.#schedule(run, version)]);
  }

  #continue(): JournalRecord {
    const run = this.#pick(this.#runs) as Run;
    if (run.status === 'ENDED') return this.#afterEnd(run);
    if (run.status === 'PAUSED') {
      run.status = 'RUNNING';
      return this.#record(run, () => [{ type: 'WorkflowResumed', timeoutAt: 0 }]);
    }
    const task = this.#pick(run.open);
    if (task === undefined || this.#random(12) === 0) return this.#endRun(run);
    return this.#record(run, (version) => this.#taskEvents(run, task, version));
  }

  #taskEvents(run: Run, task: Run['open'][number], version: number): readonly DomainEvent[] {
    const { taskId } = task;
    switch (this.#random(9)) {
      case 0:
      case 1:
        return [
          { type: 'TaskPolled', taskId, dispatch: task.dispatch, ...(this.#random(3) > 0 ? { workerId: 'w1' } : {}) },
        ];
      case 2:
        return [
          {
            type: 'TaskProgressed',
            taskId,
            status: 'SCHEDULED',
            output: this.#payload(),
            callbackAfterSeconds: 5,
            dueAt: this.#at + 5_000,
          },
        ];
      case 3:
        task.dispatch += 1;
        return [{ type: 'TaskDispatched', taskId, dispatch: task.dispatch }];
      case 4:
        return [{ type: 'TaskLeaseExtended', taskId }];
      case 5:
        return [
          {
            type: 'TaskLogsAdded',
            taskId,
            logs: [
              { message: 'one\0', at: 1 },
              { message: 'two', at: 2 },
            ],
          },
          { type: 'TaskLogsAdded', taskId, logs: [{ message: 'three', at: 3 }] },
        ];
      case 6:
        return [{ type: 'VariablesSet', values: Payload.of({ [`v${this.#random(4)}`]: this.#random(1_000) / 8 }) }];
      default:
        return this.#endTask(run, task, version);
    }
  }

  #endTask(run: Run, task: Run['open'][number], version: number): readonly DomainEvent[] {
    run.open.splice(run.open.indexOf(task), 1);
    run.ended.push(task.taskId);
    const status = this.#pick(['COMPLETED', 'COMPLETED', 'FAILED', 'TIMED_OUT', 'SKIPPED'] as const) as EndedTaskStatus;
    const retried = status === 'FAILED' && this.#random(2) === 0;
    const ended: DomainEvent = {
      type: 'TaskEnded',
      taskId: task.taskId,
      status,
      output: this.#payload(),
      ...(status === 'COMPLETED' ? {} : { reason: 'because' }),
      ...(this.#random(2) === 0 ? { workerId: 'w2' } : {}),
      retried,
    };
    if (this.#random(5) === 0) return [ended];
    return [ended, ...this.#schedule(run, version, retried ? task.taskId : undefined)];
  }

  #endRun(run: Run): JournalRecord {
    if (this.#random(4) === 0) {
      run.status = 'PAUSED';
      return this.#record(run, () => [{ type: 'WorkflowPaused' }]);
    }
    run.status = 'ENDED';
    const cancelled = run.open.splice(0);
    run.ended.push(...cancelled.map(({ taskId }) => taskId));
    const status = this.#pick(['COMPLETED', 'FAILED', 'TERMINATED'] as const) ?? 'COMPLETED';
    return this.#record(run, () => [
      ...cancelled.map(({ taskId }): DomainEvent => ({
        type: 'TaskEnded',
        taskId,
        status: 'CANCELED',
        output: Payload.empty,
        retried: false,
      })),
      {
        type: 'WorkflowEnded',
        status,
        output: this.#payload(),
        ...(status === 'COMPLETED' ? {} : { reason: 'it ended so', failedTaskId: run.ended[0] as TaskId }),
        failedReferenceTaskNames: status === 'FAILED' ? ['step_ref'] : [],
        failedTaskNames: status === 'FAILED' ? ['step'] : [],
      },
    ]);
  }

  #afterEnd(run: Run): JournalRecord {
    const ended = this.#pick(run.ended);
    if (this.#random(3) === 0) {
      this.#runs.splice(this.#runs.indexOf(run), 1);
      return this.#record(run, () => [{ type: 'WorkflowRemoved' }]);
    }
    if (ended === undefined || this.#random(3) === 0) {
      return this.#record(run, () => [{ type: 'WorkflowQuarantined', reason: 'a defect' }]);
    }
    run.status = 'RUNNING';
    return this.#record(run, (version) => [
      { type: 'WorkflowRetried', timeoutAt: 0 },
      { type: 'TaskReopened', taskId: ended, attempt: 1 },
      ...this.#schedule(run, version, run.ended[0]),
    ]);
  }

  #schedule(run: Run, version: number, retriedTaskId?: TaskId): readonly DomainEvent[] {
    const events: DomainEvent[] = [];
    for (let ordinal = 0; ordinal <= this.#random(3); ordinal++) {
      const taskId = taskIdOf({ workflowId: run.id, startIndex: run.startIndex, version, ordinal });
      const waits = this.#random(4) === 0;
      const scheduled: TaskScheduled = {
        type: 'TaskScheduled',
        taskId,
        referenceName: `step_${run.seq}_ref`,
        node: waits ? -1 : this.#random(2),
        taskType: waits ? 'WAIT' : `step${run.seq % 3}`,
        taskDefName: `step${run.seq % 3}`,
        seq: ++run.seq,
        attempt: 0,
        ...(retriedTaskId !== undefined && ordinal === 0 ? { retriedTaskId } : {}),
        iteration: 0,
        status: waits ? 'IN_PROGRESS' : 'SCHEDULED',
        input: this.#payload(),
        ...(waits ? { workflowTask: Payload.of({ name: 'wait', type: 'WAIT' }) } : { queue: { type: 'step' } }),
        dueAt: 0,
        startDelaySeconds: 0,
        limits,
        firstScheduledAt: this.#at,
      };
      run.open.push({ taskId, dispatch: 1 });
      events.push(scheduled);
      if (!waits) events.push({ type: 'TaskDispatched', taskId, dispatch: 1 });
    }
    return events;
  }

  #record(run: Run, events: (version: number) => readonly DomainEvent[]): JournalRecord {
    run.version += 1;
    return this.#decision(run.id, run.version, events(run.version));
  }

  #decision(
    aggregate: WorkflowId,
    version: number,
    events: readonly DomainEvent[],
  ): JournalRecord & { kind: 'decision' } {
    this.#at += this.#random(20);
    return {
      kind: 'decision',
      epoch: this.#epoch,
      index: this.#index,
      effectsDone: Math.max(-1, this.#index - 3),
      at: this.#at,
      aggregate,
      version,
      cause: { kind: 'command', commandId: commandId(`command-${this.#index}`), offset: this.#index },
      outcome: { kind: 'accepted' },
      events,
    };
  }

  #payload(): Payload {
    return this.#random(3) === 0 ? Payload.empty : Payload.of({ n: this.#random(100), text: 'ä "x" \\' });
  }

  #pick<T>(list: readonly T[]): T | undefined {
    return list.length === 0 ? undefined : list[this.#random(list.length)];
  }
}

function claimOf(token: string): JournalRecord {
  return { kind: 'claim', token, owner: 'owner', partitions: 1, featureLevel: 1 };
}

function definitionOf(hash: string): Payload {
  return Payload.of({
    workflow: {
      name: hash,
      version: 1,
      tasks: [
        { name: 'a', type: 'SIMPLE' },
        { name: 'b', type: 'SIMPLE' },
      ],
    },
  });
}
