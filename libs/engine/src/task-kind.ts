import type {
  EndedTaskStatus,
  EndedWorkflowStatus,
  Json,
  JsonObject,
  OpenTaskStatus,
  Payload,
  TaskId,
  TaskStatus,
  WorkflowId,
  WorkflowTask,
} from '@partitura/model';
import type { Fuel, Template } from '@partitura/expressions';

/**
 * One kind of task: what its definition must hold, how an attempt begins, and what it does when it is woken.
 *
 * A kind only says what should happen. Attempts, identities, retries, time-outs, cancelling, successors and the end of
 * the workflow are the engine's, the same for all kinds.
 */
export interface TaskKind<Def = unknown> {
  /** Conductor's word in a definition's `type`. */
  readonly type: string;
  readonly traits: Traits;
  /** What registration refuses, each as one sentence. Definitions sent inline with a start are not checked. */
  check?(task: WorkflowTask): readonly string[];
  /** Names that an attempt waits for, as far as the definition says; registration refuses those that never come. */
  waitsFor?(task: WorkflowTask, previous: WorkflowTask | undefined): AwaitedNames;
  /** Reads a definition once, before the first run. Total: what is wrong shows when an attempt begins. */
  parse(task: WorkflowTask, compile: (json: Json) => Template): Def;
  /** How an attempt begins. */
  enter(step: Step<Def>): Entry;
  /** What an open attempt does when something it waited for has happened. */
  wake?(step: OpenStep<Def>, signal: Signal): readonly Deed[];
  /** What those who take an attempt, or are asked by it, get as its input; without it the stored input. */
  question?(step: OpenStep<Def>): Payload;
  /** Which list inside it a success leads to, read from the recorded output; undefined: to what follows the task. */
  leadsInto?(output: Payload, def: Def): Inside | undefined;
  /** The tasks that an attempt generates, complete with all defaults, from its stored input. */
  unfold?(input: Payload, task: WorkflowTask): Unfolded;
  /**
   * Output of an attempt that goes on after tasks that it waited for were undone; without it the output stays as it is.
   *
   * @param iteration Of a loop: the iteration that runs again.
   */
  rewind?(step: OpenStep<Def>, iteration: number | undefined): Payload;
  /** What expressions see as the output of an open attempt; without it that is what is stored. */
  shown?(step: OpenStep<Def>): JsonObject;
  /** Output of an attempt that is cancelled; without it the output stays as it is. */
  abandon?(step: OpenStep<Def>): Payload;
}

export interface AwaitedNames {
  readonly names: readonly string[];
  readonly until: 'all' | 'any';
}

/** Tasks that are made when they are asked for; a list is one. */
export interface Unfolded {
  readonly length: number;
  /** Reference names of all, where they are known without making the tasks. */
  readonly refs?: readonly string[];
  at(index: number): Json | undefined;
}

/** Properties in which kinds differ and that the engine acts on. */
export interface Traits {
  /** Handed to workers under a name of the user's choice: domains apply, and a progress report hands it back. */
  readonly worker: boolean;
  /** Whether whoever executes the task must be heard of within the response time-out. */
  readonly responds: (task: WorkflowTask) => boolean;
  /** `taskType` of executions; absent: the kind's type. */
  readonly shownType?: (task: WorkflowTask) => string;
  /** `taskDefName` of executions is the shown type, not the task's name. */
  readonly namedByType: boolean;
  /** Whether failed attempts may be retried at all. */
  readonly retried: boolean;
  /** Whether `startDelay` holds the first attempt back. */
  readonly delayed: boolean;
  /** Whether the task definition's `inputTemplate` fills in missing input. */
  readonly usesInputTemplate: boolean;
  /** Whether `${CPEWF_TASK_ID}` is known to the input. */
  readonly knowsItsId: boolean;
  /** Nothing is entered because this task has completed. */
  readonly endsFlow: boolean;
  /** Brought back to life by a retry of the workflow under its old id instead of as a new attempt. */
  readonly reopens: boolean;
}

/** What a kind may look at when an attempt begins. */
export interface Step<Def = unknown> {
  readonly def: Def;
  readonly task: WorkflowTask;
  /** The id that this attempt will have. */
  readonly taskId: TaskId;
  /** Epoch ms of the decision. */
  readonly at: number;
  readonly workflow: WorkflowFacts;
  /** The neighbours in the same list. */
  readonly next: WorkflowTask | undefined;
  readonly previous: WorkflowTask | undefined;
  /** The task's `inputParameters` with all templates filled in. */
  input(): Payload;
  render(template: Template): Json;
  /** Runs a program within what one may spend; what programs of one decision may spend together is bounded too. */
  withFuel<T>(run: (fuel: Fuel) => T): T;
  /** The newest attempt of a task, by its reference name in the definition, within the same iteration. */
  find(referenceName: string): TaskFacts | undefined;
  /** The same for many names, of which there may be a hundred thousand: those that there are, in order, each once. */
  findEach(referenceNames: readonly string[], found: (task: TaskFacts, referenceName: string) => void): void;
  /** Whether a task of exactly this name exists, within the same iteration. */
  isTaken(referenceName: string): boolean;
  /** Whether a task of this type, as definitions spell it, has begun anywhere in the workflow. */
  hasBegun(type: string): boolean;
}

/** What a kind may look at when an open attempt is woken. */
export interface OpenStep<Def = unknown> extends Step<Def> {
  readonly self: TaskFacts;
  /** Of a loop: the tasks that were started in an iteration (from 1), by the names that the definition gives them. */
  iteration(number: number): readonly { readonly referenceName: string; readonly task: TaskFacts }[];
}

export interface WorkflowFacts {
  readonly workflowId: WorkflowId;
  readonly name: string;
  readonly version: number;
  readonly correlationId: string | undefined;
  readonly priority: number;
  readonly taskToDomain: Readonly<Record<string, string>>;
  readonly variables: Payload;
}

export interface TaskFacts {
  readonly taskId: TaskId;
  readonly status: TaskStatus;
  readonly reason: string | undefined;
  readonly input: Payload;
  readonly output: Payload;
  readonly taskDefName: string;
  /** Epoch ms, 0 = open. */
  readonly endedAt: number;
  /** As the definition says; both false for tasks that no definition names. */
  readonly optional: boolean;
  readonly permissive: boolean;
  /** The child workflow of a SUB_WORKFLOW attempt. */
  readonly childId: WorkflowId | undefined;
  /** References that a JOIN waits for. */
  readonly joinOn: readonly string[];
}

/** How an attempt begins. */
export type Entry =
  /** Handed to workers: waits in the queue of that type. */
  | { readonly as: 'queued'; readonly input: Payload; readonly queue: string }
  /** Woken by `run` within the same decision. */
  | { readonly as: 'running'; readonly input: Payload }
  /** Open until somebody reports an outcome, or until a moment (epoch ms), when it is woken by `time`. */
  | { readonly as: 'waiting'; readonly input: Payload; readonly until?: number }
  /**
   * Asks whoever works on the queue of the kind's type (see `question`) for what must not be computed inside a decision,
   * and is woken by `answered`. The answer is recorded by what the kind makes of it, and never asked for again.
   */
  | { readonly as: 'asking'; readonly input: Payload }
  /** Open until all these tasks are decided, when it is woken by `joined`. */
  | { readonly as: 'joining'; readonly input: Payload; readonly on: readonly string[] }
  /** Starts a child workflow and is woken by `childEnded`. */
  | { readonly as: 'child'; readonly input: Payload; readonly child: ChildSpec }
  /** Over at once; `then` names the tasks inside it that are entered with it. */
  | {
      readonly as: 'ended';
      readonly input: Payload;
      readonly status: EndedTaskStatus;
      readonly output: Payload;
      readonly reason?: string;
      readonly then?: Inside;
    }
  /** It is a task of another kind, whose name was found out only now; that one is entered in its place. */
  | { readonly as: 'another'; readonly type: string }
  /** No attempt can be made; the workflow fails with this reason. */
  | { readonly as: 'impossible'; readonly reason: string };

/** Which of the task lists inside a task. */
export type Inside =
  | { readonly list: 'case'; readonly key: string }
  | { readonly list: 'default' }
  /** All branches of a fork, and the task after it. */
  | { readonly list: 'branches' }
  /** What `unfold` makes of the stored input, side by side, and the task after it. */
  | { readonly list: 'generated' };

/** A child workflow as far as the kind knows it; the engine adds the identity. */
export interface ChildSpec {
  readonly name: string;
  readonly version?: number;
  readonly definition?: Payload;
  readonly input: Payload;
  readonly priority: number;
  readonly taskToDomain: Readonly<Record<string, string>>;
}

export type Signal =
  /** Entered as `running`; a loop that goes on under its old id is told so too. */
  | { readonly kind: 'run' }
  /** The moment it waited for. */
  | { readonly kind: 'time' }
  /** All tasks that it joins are decided. */
  | { readonly kind: 'joined' }
  /** What whoever was asked has reported. Of several answers to one question the first counts. */
  | {
      readonly kind: 'answered';
      readonly status: EndedTaskStatus;
      readonly output: JsonObject;
      readonly reason: string | undefined;
    }
  /** Everything of this iteration is done. */
  | { readonly kind: 'iterated'; readonly iteration: number }
  /** A permissive task inside the loop has failed for good. */
  | { readonly kind: 'bodyFailed'; readonly reason: string | undefined }
  | {
      readonly kind: 'childEnded';
      readonly status: EndedWorkflowStatus;
      /** Undefined: the child could not be started, so it never was. */
      readonly output: JsonObject | undefined;
      readonly reason: string | undefined;
    };

/** What a woken attempt does, in order. */
export type Deed =
  /** It has its outcome. Retry, optional and permissive are applied by the engine. */
  | {
      readonly do: 'finish';
      readonly status: EndedTaskStatus;
      readonly output: Payload;
      readonly reason?: string;
      /** What its input turns out to be, for kinds that write into it what they found out. */
      readonly input?: Payload;
    }
  /** It stays open with this output. */
  | { readonly do: 'progress'; readonly status: OpenTaskStatus; readonly output: Payload }
  /** It stays open and asks, like an entry as `asking`. With its output as it is; `progress` comes before it. */
  | { readonly do: 'ask' }
  /** The tasks inside it are entered as this iteration (from 1). */
  | { readonly do: 'iterate'; readonly iteration: number }
  /** The tasks of this iteration are removed from the history. */
  | { readonly do: 'forget'; readonly iteration: number }
  /** Workflow variables are replaced, key by key. */
  | { readonly do: 'setVariables'; readonly values: Payload }
  /** The workflow ends as soon as everything that runs in this decision has run. */
  | {
      readonly do: 'endWorkflow';
      readonly status: EndedWorkflowStatus;
      readonly output: Payload;
      readonly reason: string;
    };
