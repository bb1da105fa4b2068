import { ApiError, rejectionError } from '@partitura/conductor-api';
import { workflowDecider, type TaskKinds, type WorkflowDecider, type WorkflowState } from '@partitura/engine';
import {
  Payload,
  type AggregateId,
  type Decided,
  type DefinitionLookup,
  type EventMeta,
  type OwnerSignal,
  type StartWorkflow,
  type TaskId,
  type WorkflowCommand,
  type WorkflowEvent,
  type WorkflowId,
  type WorkflowView,
} from '@partitura/model';
import { FoldedRuns } from '@partitura/read-model';
import type { Mocks } from './mocks.ts';

/** Bounds of one test run; beyond them it is refused. They keep it to some tenths of a second, as nothing else runs meanwhile. */
const testRunLimits = { decisions: 2_000, events: 20_000, runs: 200, timeJumps: 1_000 } as const;

interface Aggregate {
  readonly id: AggregateId;
  state: WorkflowState;
  version: number;
  startIndex: number;
  /** Tasks that have not ended, in the order in which they were scheduled. */
  readonly open: Map<TaskId, OpenTask>;
}

interface OpenTask {
  readonly taskId: TaskId;
  readonly referenceName: string;
  readonly childId: WorkflowId | undefined;
}

const bounds = { eventsPerDecision: 1_000, bytesPerDecision: 4_000_000 };

/**
 * A run in memory: the engine decides as it does for real, tasks end as the mocks say, time jumps to whatever is due.
 * Nothing is written, no worker sees anything, no request leaves.
 */
export class TestRun {
  readonly #decider: WorkflowDecider;
  readonly #definitions: DefinitionLookup;
  readonly #runs = new FoldedRuns();
  readonly #aggregates = new Map<AggregateId, Aggregate>();
  readonly #pinned = new Map<string, Payload>();
  /** How many of a task's mocks are used up. */
  readonly #used = new Map<string, number>();
  readonly #inbox: { readonly to: AggregateId; readonly command: WorkflowCommand }[] = [];
  #now: number;
  #index = 0;
  #events = 0;

  constructor(kinds: TaskKinds, definitions: DefinitionLookup, now: number) {
    this.#decider = workflowDecider(kinds);
    this.#definitions = definitions;
    this.#now = now;
  }

  /** Runs until the workflow has ended, or nothing is left to do without a mock. Throws `ApiError`s. */
  run(id: WorkflowId, start: StartWorkflow, mocks: Mocks): WorkflowView {
    this.#decide(id, start);
    this.#settle();
    const root = this.#aggregate(id);
    let jumps = 0;
    while (!this.#decider.isClosed(root.state)) {
      if (this.#report(root, mocks)) continue;
      if (jumps === testRunLimits.timeJumps || !this.#jump()) break;
      jumps += 1;
    }
    return this.#view(id);
  }

  /** Ends the first open task that has a mock left, in the run or in a child; false: there is none. */
  #report(run: Aggregate, mocks: Mocks): boolean {
    for (const { taskId, referenceName, childId } of run.open.values()) {
      // Mocks name tasks of loops without the iteration, or with it.
      const plain = referenceName.replace(/__\d+$/, '');
      if (childId !== undefined) {
        const below = mocks.children.get(plain);
        if (below !== undefined && this.#report(this.#aggregate(childId), below)) return true;
        continue;
      }
      const named = mocks.outcomes.has(referenceName) ? referenceName : plain;
      const key = `${run.id}/${named}`;
      const used = this.#used.get(key) ?? 0;
      const mock = mocks.outcomes.get(named)?.[used];
      if (mock === undefined) continue;
      this.#used.set(key, used + 1);
      const { status, output } = mock;
      this.#decide(run.id, {
        type: 'TaskResult',
        taskId,
        status,
        output,
        callbackAfterSeconds: 0,
        extendLease: false,
        logs: [],
      });
      this.#settle();
      return true;
    }
    return false;
  }

  /** To the next moment at which something acts by itself: a wait that is over, a retry. False: nothing ever will. */
  #jump(): boolean {
    const timers = [...this.#aggregates].map(
      ([id, { state }]) => [id, this.#decider.nextDue(state).timer ?? Infinity] as const,
    );
    const next = Math.min(...timers.map(([, timer]) => timer));
    if (next === Infinity) return false;
    this.#now = Math.max(this.#now, next);
    for (const [id, timer] of timers) {
      if (timer <= this.#now) this.#decide(id, { type: 'Wake', timersThrough: this.#now, deadlinesThrough: 0 });
    }
    this.#settle();
    return true;
  }

  /** What the runs say to each other and have left to do, until all is quiet. */
  #settle(): void {
    for (;;) {
      const message = this.#inbox.shift();
      if (message !== undefined) {
        this.#decide(message.to, message.command);
        continue;
      }
      const busy = [...this.#aggregates].find(([, { state }]) => this.#decider.hasPostponedWork(state));
      if (busy === undefined) return;
      this.#decide(busy[0], { type: 'Continue' });
    }
  }

  #decide(to: AggregateId, command: WorkflowCommand | OwnerSignal): void {
    const aggregate = this.#aggregate(to);
    const meta: EventMeta = {
      aggregate: to,
      startIndex: aggregate.version === 0 ? this.#index : aggregate.startIndex,
      index: this.#index,
      version: aggregate.version + 1,
      at: this.#now,
    };
    const pinned = { has: (hash: string) => this.#pinned.has(hash), body: (hash: string) => this.#pinned.get(hash) };
    const decided = this.#decider.decide(aggregate.state, command, {
      ...meta,
      definitions: this.#definitions,
      pinned,
      limits: bounds,
    });
    const decision = decided.kind === 'awaitDefinitions' ? decided.otherwise : decided;
    if (decision.kind === 'rejected') {
      // What a child or a mock may not do is part of what the test shows; the start itself is the caller's.
      if (command.type === 'StartWorkflow' && this.#index === 0) {
        throw rejectionError(decision.rejection.code, decision.rejection.reason);
      }
      return;
    }
    if (decision.kind === 'repeated' || decision.events.length === 0) return;
    this.#record(aggregate, meta, decision.events);
  }

  #record(aggregate: Aggregate, meta: EventMeta, events: readonly WorkflowEvent[]): void {
    this.#index += 1;
    this.#events += events.length;
    if (this.#index > testRunLimits.decisions || this.#events > testRunLimits.events) {
      throw new ApiError(400, 'the test run does not come to an end within its limits');
    }
    aggregate.startIndex = meta.startIndex;
    aggregate.version = meta.version;
    this.#runs.apply(entryOf(meta, events), meta.index);
    const pinned = { has: (hash: string) => this.#pinned.has(hash), body: (hash: string) => this.#pinned.get(hash) };
    for (const event of events) {
      if (event.type === 'WorkflowStarted' && event.definition !== undefined) {
        this.#pinned.set(event.definitionHash, event.definition);
      }
      aggregate.state = this.#decider.evolve(aggregate.state, event, meta);
      note(aggregate.open, event);
      for (const effect of this.#decider.react(aggregate.state, event, { ...meta, pinned })) {
        if (effect.kind === 'SendCommand')
          this.#inbox.push({ to: effect.to, command: effect.command as WorkflowCommand });
      }
    }
  }

  #aggregate(id: AggregateId): Aggregate {
    const known = this.#aggregates.get(id);
    if (known !== undefined) return known;
    if (this.#aggregates.size >= testRunLimits.runs) {
      throw new ApiError(400, `a test run has at most ${testRunLimits.runs} sub-workflows`);
    }
    const fresh = { id, state: this.#decider.initial, version: 0, startIndex: 0, open: new Map<TaskId, OpenTask>() };
    this.#aggregates.set(id, fresh);
    return fresh;
  }

  #view(id: WorkflowId): WorkflowView {
    const view = this.#runs.view(id, (hash) => Payload.of(this.#pinned.get(hash)?.object['workflow'] ?? {}));
    if (view === undefined) throw new ApiError(400, 'the workflow could not be started');
    return view;
  }
}

function note(open: Map<TaskId, OpenTask>, event: WorkflowEvent): void {
  switch (event.type) {
    case 'TaskScheduled':
      open.set(event.taskId, {
        taskId: event.taskId,
        referenceName: event.referenceName,
        childId: event.child?.workflowId,
      });
      return;
    case 'TaskEnded':
      open.delete(event.taskId);
      return;
    case 'WorkflowEnded':
      open.clear();
      return;
    default:
  }
}

function entryOf(meta: EventMeta, events: readonly WorkflowEvent[]): Decided {
  const { aggregate, index, version, at } = meta;
  return {
    kind: 'decision',
    epoch: 0,
    index,
    effectsDone: index,
    at,
    aggregate,
    version,
    cause: { kind: 'owner' },
    outcome: { kind: 'accepted' },
    events,
  };
}
