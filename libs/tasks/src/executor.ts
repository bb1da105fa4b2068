import type { TaskKind } from '@partitura/engine';
import type {
  JsonObject,
  Outcome,
  Payload,
  ReportableStatus,
  TaskId,
  TaskRecord,
  TaskView,
  WorkflowCommand,
  WorkflowId,
} from '@partitura/model';
import type { KafkaRequest } from './kafka-publish/kafka-request.ts';
import type { ProgramRun } from './scripting/program-engine.executor.ts';

/** The IO half of a task kind: carried out by `system-worker`, never inside a decision. */
export interface Executor {
  /** Queue it works on: the task type. */
  readonly type: string;
  /** Whether secrets are put into its input. Not for programs: what they compute would carry them into history. */
  readonly takesSecrets?: boolean;
  /** Failures of the user's work are outcomes; throwing counts as FAILED with the message. */
  execute(task: TaskRecord, signal: AbortSignal): Promise<ExecutorOutcome>;
  /** Gives back what it holds. Kinds may share it, so it is told more than once. */
  close?(): Promise<void>;
}

export interface ExecutorOutcome {
  readonly status: ReportableStatus;
  readonly output: JsonObject;
  readonly reason?: string;
}

/** An outcome for which the user's work is to blame. */
export const failedOutcome = (reason: string): ExecutorOutcome => ({ status: 'FAILED', output: {}, reason });

/** Workflows, as executors reach them. All reject with a `Fault` when that is not possible now. */
export interface WorkflowPort {
  /** Sends a command and waits for its outcome. A repeat under the same id gets the first answer. */
  command(id: string, to: WorkflowId, command: WorkflowCommand): Promise<Outcome>;
  /** An execution in Conductor's shape, as everything acknowledged before has left it. */
  execution(id: string, includeTasks: boolean): Promise<JsonObject | undefined>;
  /** The attempts of a run, by seq. */
  tasks(id: string): Promise<readonly TaskView[] | undefined>;
  task(id: string): Promise<TaskView | undefined>;
}

/** Where the messages of EVENT tasks go. */
export interface SinkPort {
  /** Resolves when the message is durable. Rejects with a sentence. */
  publish(message: SinkMessage): Promise<void>;
}

export interface SinkMessage {
  /** A repeat has the same. */
  readonly id: TaskId;
  /** `conductor:<workflow>:<name>` or `kafka:<topic>`. */
  readonly event: string;
  /** Messages with the same key keep their order. */
  readonly key: string;
  readonly payload: Payload;
}

/** Other people's Kafka clusters. */
export interface KafkaPort {
  /** Resolves when the broker has answered. Rejects with a sentence. */
  publish(request: KafkaRequest): Promise<void>;
}

export interface ExecutorOptions {
  /** Private addresses that calls may go to: all of them, or those of a list of hosts and networks. */
  readonly allowPrivate: 'everything' | readonly string[];
  readonly workflows: WorkflowPort;
  readonly sinks: SinkPort;
  readonly kafka: KafkaPort;
  /** Bounds of programs that decisions leave out. */
  readonly programs?: {
    /** Of one run; default 4,000. */
    readonly timeoutMs?: number;
    readonly threads?: number;
    readonly onRun?: (run: ProgramRun) => void;
  };
}

/** What a module that adds task kinds exports as `plugIn`. */
export interface TaskKindPlugIn {
  /** Pure halves. A type that only has an executor is handed to it as it is. */
  readonly kinds?: readonly TaskKind[];
  /** IO halves. */
  readonly executors?: (options: ExecutorOptions) => readonly Executor[];
}
