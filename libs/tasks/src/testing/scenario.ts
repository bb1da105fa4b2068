import {
  workflowDecider,
  type WorkflowDecider,
  type WorkflowDeciderOptions,
  type WorkflowState,
} from '@partitura/engine';
import {
  Payload,
  workflowId,
  type AggregateId,
  type DecideContext,
  type Decision,
  type Effect,
  type EventMeta,
  type Json,
  type JsonObject,
  type Outcome,
  type OwnerSignal,
  type StartWorkflow,
  type TaskRecord,
  type WorkflowCommand,
  type WorkflowEvent,
} from '@partitura/model';
import { taskKinds } from '../task-kinds.ts';
import { Bounds } from './bounds.ts';
import { Definitions } from './definitions.ts';
import { Handle } from './handle.ts';
import { Post } from './post.ts';
import { SeenRun } from './run-view.ts';

export { Handle } from './handle.ts';

type WorkflowDecision = Decision<WorkflowState, WorkflowEvent>;

export interface ScenarioOptions extends WorkflowDeciderOptions {
  readonly tasks?: readonly Json[];
  readonly workflows?: readonly Json[];
  readonly eventsPerDecision?: number;
  readonly bytesPerDecision?: number;
  /** With other kinds than the product's. */
  readonly decider?: WorkflowDecider;
  /** Definitions to begin with, instead of an own collection. */
  readonly definitions?: Definitions;
  /** Told of every decision, right after it was folded. */
  readonly observe?: (decided: Decided) => void;
}

/** A decision and what it was made of. */
export interface Decided {
  readonly aggregate: AggregateId;
  readonly command: WorkflowCommand | OwnerSignal;
  readonly context: DecideContext;
  readonly before: WorkflowState;
  readonly decision: Exclude<WorkflowDecision, { readonly kind: 'awaitDefinitions' }>;
}

/** One entry of a history. */
export interface Recorded {
  readonly meta: EventMeta;
  readonly events: readonly WorkflowEvent[];
}

/** What workflows say to each other, as long as it is held back. */
interface Held {
  /** Lets one of the messages arrive that are the oldest from their sender to their receiver; false: nothing arrives. */
  deliver(which: number): boolean;
  release(): void;
}

interface Aggregate {
  state: WorkflowState;
  version: number;
  startIndex: number;
  readonly history: Recorded[];
  readonly seen: SeenRun;
}

/**
 * Workflows on a virtual clock: decides, folds and does the effects like a partition's owner, all in one place and at
 * once. Children and parents talk through it; workers are whoever calls `poll` and `complete`.
 */
export class Scenario {
  readonly decider: WorkflowDecider;
  readonly definitions: Definitions;
  readonly replies: Outcome[] = [];
  /** Effects in the order in which they were owed. */
  readonly effects: Effect[] = [];
  now = 1_700_000_000_000;
  readonly #limits: DecideContext['limits'];
  readonly #observe: ((decided: Decided) => void) | undefined;
  readonly #aggregates = new Map<AggregateId, Aggregate>();
  /** Never changed, so that contexts of earlier decisions stay as they were. */
  #pinned: ReadonlyMap<string, Payload> = new Map();
  readonly #queue: TaskRecord[] = [];
  readonly #post = new Post();
  #index = 0;
  #started = 0;

  constructor(options: ScenarioOptions = {}) {
    this.decider = options.decider ?? workflowDecider(taskKinds, options);
    this.#limits = {
      eventsPerDecision: options.eventsPerDecision ?? 1000,
      bytesPerDecision: options.bytesPerDecision ?? 4_000_000,
    };
    this.#observe = options.observe;
    this.definitions = options.definitions ?? new Definitions();
    for (const def of options.tasks ?? []) this.definitions.putTask(def);
    for (const def of options.workflows ?? []) this.definitions.putWorkflow(def);
  }

  /** Starts a workflow and returns the handle of its run. */
  start(name: string, input: JsonObject = {}, more: Partial<StartWorkflow> & { readonly id?: string } = {}): Handle {
    const { id = `run-${++this.#started}`, ...command } = more;
    const decision = this.send(workflowId(id), {
      type: 'StartWorkflow',
      name,
      input: Payload.of(input),
      priority: 0,
      taskToDomain: {},
      replyWhenEnded: false,
      ...command,
    });
    if (decision.kind !== 'accepted') throw new Error(`start refused: ${JSON.stringify(decision)}`);
    return new Handle(this, workflowId(id));
  }

  run(id: string): Handle {
    return new Handle(this, workflowId(id));
  }

  /** Decides a command, and everything that follows from it. */
  send(to: AggregateId, command: WorkflowCommand | OwnerSignal): WorkflowDecision {
    const decision = this.#decide(to, command);
    this.#deliver();
    return decision;
  }

  /** Lets time pass; what becomes due on the way happens at its time. */
  advance(ms: number): void {
    const until = this.now + ms;
    for (;;) {
      const next = Math.min(...[...this.#aggregates.values()].map(({ state }) => this.#nextWake(state)));
      if (next > until) break;
      this.now = Math.max(this.now, next);
      for (const [id, { state }] of this.#aggregates) {
        if (this.#nextWake(state) <= this.now) {
          const answer = this.send(id, { type: 'Wake', timersThrough: this.now, deadlinesThrough: this.now });
          if (answer.kind !== 'accepted' || answer.events.length === 0)
            throw new Error(`${id} wanted to be woken for nothing`);
        }
      }
    }
    this.now = until;
  }

  #nextWake(state: WorkflowState): number {
    const { timer, deadline } = this.decider.nextDue(state);
    return Math.min(timer ?? Infinity, deadline ?? Infinity);
  }

  /** Takes the next task of a queue, as a worker would; undefined: nothing there. */
  poll(type: string, options: { readonly domain?: string; readonly workerId?: string } = {}): TaskRecord | undefined {
    for (;;) {
      const at = this.#queue.findIndex((record) => record.taskType === type && record.domain === options.domain);
      const [record] = at < 0 ? [] : this.#queue.splice(at, 1);
      if (record === undefined) return undefined;
      const workerId = options.workerId ?? 'w1';
      const { taskId, dispatch } = record;
      const answer = this.send(record.workflowId, { type: 'TaskStarted', taskId, dispatch, workerId });
      if (answer.kind === 'accepted') return record;
    }
  }

  aggregate(id: AggregateId): Aggregate {
    const known = this.#aggregates.get(id);
    if (known !== undefined) return known;
    const fresh: Aggregate = {
      state: this.decider.initial,
      version: 0,
      startIndex: 0,
      history: [],
      seen: new SeenRun(),
    };
    this.#aggregates.set(id, fresh);
    return fresh;
  }

  get runs(): readonly Handle[] {
    return [...this.#aggregates.keys()].map((id) => this.run(id));
  }

  #decide(to: AggregateId, command: WorkflowCommand | OwnerSignal): WorkflowDecision {
    const aggregate = this.aggregate(to);
    const { state: before } = aggregate;
    const context = this.#contextOf(to, aggregate);
    const first = this.decider.decide(before, command, context);
    const decision = first.kind === 'awaitDefinitions' ? first.otherwise : first;
    if (decision.kind === 'accepted' && decision.events.length > 0) this.#record(to, aggregate, decision);
    this.#observe?.({ aggregate: to, command, context, before, decision });
    return decision;
  }

  #contextOf(to: AggregateId, aggregate: Aggregate): DecideContext {
    return {
      ...this.#meta(to, aggregate),
      replyTo: { partition: 0, instance: 'spec', correlation: 1 },
      definitions: this.definitions,
      pinned: this.#pins(),
      limits: new Bounds(this.#limits.eventsPerDecision, this.#limits.bytesPerDecision),
    };
  }

  #meta(to: AggregateId, aggregate: Aggregate): EventMeta {
    return {
      aggregate: to,
      startIndex: aggregate.version === 0 ? this.#index : aggregate.startIndex,
      index: this.#index,
      version: aggregate.version + 1,
      at: this.now,
    };
  }

  #pins() {
    const pinned = this.#pinned;
    return { has: (hash: string) => pinned.has(hash), body: (hash: string) => pinned.get(hash) };
  }

  #record(to: AggregateId, aggregate: Aggregate, decision: WorkflowDecision & { readonly kind: 'accepted' }): void {
    const meta = this.#meta(to, aggregate);
    aggregate.startIndex = meta.startIndex;
    aggregate.version = meta.version;
    aggregate.history.push({ meta, events: decision.events });
    this.#index += 1;
    for (const event of decision.events) {
      if ((event.type === 'WorkflowStarted' || event.type === 'WorkflowRestarted') && event.definition !== undefined) {
        this.#pinned = new Map([...this.#pinned, [event.definitionHash, event.definition]]);
      }
      aggregate.state = this.decider.evolve(aggregate.state, event, meta);
      aggregate.seen.apply(event);
      for (const effect of this.decider.react(aggregate.state, event, { ...meta, pinned: this.#pins() })) {
        this.#owe(to, effect);
      }
    }
    // As an owner keeps it.
    aggregate.state = decision.state;
  }

  #owe(from: AggregateId, effect: Effect): void {
    this.effects.push(effect);
    if (effect.kind === 'DispatchTask') this.#queue.push(effect.task);
    if (effect.kind === 'SendCommand') this.#post.send(from, effect.to, effect.command as WorkflowCommand);
    if (effect.kind === 'SendReply') this.replies.push(effect.outcome);
  }

  /** Messages between workflows, and postponed work, until all is quiet. */
  #deliver(): void {
    while (!this.#holding && this.#deliverOne(0));
  }

  /** False: nothing is under way, or nothing of it may arrive now. */
  #deliverOne(which: number): boolean {
    const letter = this.#post.take(which, ({ to, command }) => this.mayDecide(to, command));
    if (letter !== undefined) {
      this.#decide(letter.to, letter.command);
      return true;
    }
    if (this.holdsPostponedWork) return false;
    const busy = this.#busy;
    if (busy !== undefined) this.#decide(busy, { type: 'Continue' });
    return busy !== undefined;
  }

  /** As an owner has it: while work is postponed, all but interruptions waits until it is done. */
  mayDecide(to: AggregateId, command: WorkflowCommand): boolean {
    const { state } = this.aggregate(to);
    return !this.decider.hasPostponedWork(state) || this.decider.mayInterrupt(state, command);
  }

  #holding = false;

  /** From now on what workflows say to each other stays under way, until it is delivered or all is released. */
  holdMessages(): Held {
    this.#holding = true;
    return {
      deliver: (which) => this.#deliverOne(which),
      release: () => {
        this.#holding = false;
        this.#deliver();
      },
    };
  }

  /** Whether all that workflows had to say to each other has arrived, and all postponed work is done. */
  get isQuiet(): boolean {
    return this.#post.isEmpty && this.#busy === undefined;
  }

  /** Somebody with postponed work. */
  get #busy(): AggregateId | undefined {
    for (const [id, { state }] of this.#aggregates) if (this.decider.hasPostponedWork(state)) return id;
    return undefined;
  }

  /** Set, the next part of postponed work begins only when `continueWork` is called. */
  holdsPostponedWork = false;

  continueWork(id: AggregateId): void {
    this.send(id, { type: 'Continue' });
  }
}
