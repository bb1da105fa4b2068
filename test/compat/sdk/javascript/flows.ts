import {
  ConductorWorkflow,
  simpleTask,
  createConductorClient,
  OrkesClients,
  TaskResultStatusEnum,
  type SimpleTaskDef,
  type Task,
  type TaskDef,
  type Workflow,
  type WorkflowTask,
} from '@io-orkes/conductor-javascript';
import assert from 'node:assert/strict';

export const owner = 'sdk@example.com';
export const { COMPLETED, FAILED, FAILED_WITH_TERMINAL_ERROR } = TaskResultStatusEnum;
/** What is known of a run that the SDK just read. */
export type Run = Workflow & { readonly tasks: Task[] };
type Json = Record<string, unknown>;

/** The cases of a file: their names are those of the table. */
export type Cases = Readonly<Record<string, (clients: Clients) => Promise<void>>>;

/** The SDK's clients, and what all cases do with them. */
export class Clients {
  readonly api;
  readonly workflows;
  readonly tasks;
  readonly metadata;
  readonly events;

  private constructor(api: Awaited<ReturnType<typeof createConductorClient>>) {
    const made = new OrkesClients(api);
    this.api = api;
    this.workflows = made.getWorkflowClient();
    this.tasks = made.getTaskClient();
    this.metadata = made.getMetadataClient();
    this.events = made.getEventClient();
  }

  /** Address and key come from the SDK's own environment variables, which win over what is given here. */
  static async connect(config: { keyId?: string; keySecret?: string; serverUrl?: string } = {}): Promise<Clients> {
    return new Clients(await createConductorClient(config));
  }

  flow(name: string, tasks: readonly WorkflowTask[], version = 1): ConductorWorkflow {
    return new ConductorWorkflow(this.workflows, name, version).ownerEmail(owner).add([...tasks]);
  }

  async registered(
    name: string,
    tasks: readonly WorkflowTask[],
    build: (flow: ConductorWorkflow) => ConductorWorkflow = (flow) => flow,
    version = 1,
  ): Promise<ConductorWorkflow> {
    const made = build(this.flow(name, tasks, version));
    await made.register(true);
    return made;
  }

  async taskDef(name: string, def: Partial<TaskDef>): Promise<void> {
    const made = { name, ownerEmail: owner, retryDelaySeconds: 0, responseTimeoutSeconds: 60, timeoutSeconds: 120 };
    await this.metadata.registerTask({ totalTimeoutSeconds: 0, ...made, ...def });
  }

  noRetries(name: string): Promise<void> {
    return this.taskDef(name, { retryCount: 0 });
  }

  start(name: string, input: Json = {}, request: Json = {}): Promise<string> {
    return this.workflows.startWorkflow({ name, input, ...request });
  }

  async run(id: string): Promise<Run> {
    return (await this.workflows.getWorkflow(id, true)) as Run;
  }

  /** The run, once it has ended. */
  ended(id: string): Promise<Run> {
    return eventually(async () => {
      const run = await this.run(id);
      return run.status === 'RUNNING' || run.status === 'PAUSED' ? undefined : run;
    });
  }

  /** The task of that name, once it can be worked on. */
  openTask(id: string, reference: string): Promise<Task> {
    return eventually(async () =>
      (await this.run(id)).tasks.find(
        ({ referenceTaskName, status }) =>
          referenceTaskName === reference && (status === 'SCHEDULED' || status === 'IN_PROGRESS'),
      ),
    );
  }

  /** Ends a task that no worker does. */
  async report(id: string, reference: string, status = COMPLETED, output: Json = {}): Promise<void> {
    await this.openTask(id, reference);
    await this.workflows.updateTaskByRefName(reference, id, status, output);
  }
}

/** A task that no worker of ours takes: the case itself reports it. */
export const manual = (reference: string, inputs: Json = {}): SimpleTaskDef =>
  simpleTask(reference, `by_hand_${reference}`, inputs);

export const greet = (reference: string, name: string): SimpleTaskDef => simpleTask(reference, 'greet', { name });

export const states = ({ tasks }: Run): string[] =>
  tasks.map(({ referenceTaskName, status }) => `${referenceTaskName}:${status}`);

export const outputOf = (run: Run, reference: string): Json =>
  run.tasks.find(({ referenceTaskName }) => referenceTaskName === reference)?.outputData ?? {};

/** Asks until there is an answer. */
export async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`gave up waiting: ${ask.toString()}`);
}

/** The SDK's errors have no status, only what the server says. */
export async function refusal(says: RegExp, call: Promise<unknown>): Promise<void> {
  await assert.rejects(call, (error: Error) => {
    assert.match(error.message, says);
    return true;
  });
}
