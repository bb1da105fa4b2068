import { polledTaskText, TaskTemplates, type TaskTemplate } from '@partitura/conductor-api';
import { resolveSecrets, type SecretLookup } from '@partitura/expressions';
import { Payload, type TaskRecord } from '@partitura/model';
import type { TaskTokens } from '../access/task-tokens.ts';
import type { HandedOut } from '../gateway/port.ts';

const reference = Buffer.from('${workflow.secrets.');
const latestMax = 2_000;

/** Tasks as workers get to see them. Secrets are put in here, in the worker's copy only, and nowhere else. */
export class HandOuts {
  readonly #templates = new TaskTemplates();
  /** By reference name, what was handed out last: comparing some bytes costs less than making text of them. */
  readonly #latest = new Map<string, { readonly bytes: Buffer; readonly template: TaskTemplate }>();
  readonly #secrets: SecretLookup;
  readonly #tokens: TaskTokens | undefined;

  /** @param tokens absent where nobody has to say who he is */
  constructor(secrets: SecretLookup, tokens: TaskTokens | undefined) {
    this.#secrets = secrets;
    this.#tokens = tokens;
  }

  /** @param receiver gets a token in place of the id if he has to show one */
  text({ task, workerId, at }: HandedOut, receiver: { readonly showsTokens: boolean }): string {
    const template = this.#templateOf(task);
    const runtimeMetadata = this.#runtimeMetadata(template);
    return polledTaskText(
      this.#withSecrets(task),
      {
        at,
        ...(workerId !== undefined && { workerId }),
        ...(receiver.showsTokens && { token: this.#tokens?.issue(task.taskId, task.dispatch) }),
        ...(runtimeMetadata !== undefined && { runtimeMetadata }),
      },
      template,
    );
  }

  #templateOf({ referenceName, workflowTask }: TaskRecord): TaskTemplate {
    const { bytes } = workflowTask;
    const latest = this.#latest.get(referenceName);
    if (latest?.bytes.equals(bytes) === true) return latest.template;
    const template = this.#templates.of(workflowTask);
    if (this.#latest.size >= latestMax) this.#latest.clear();
    // A copy: the bytes of a record keep the batch alive with which it was read.
    this.#latest.set(referenceName, { bytes: Buffer.from(bytes), template });
    return template;
  }

  #withSecrets(task: TaskRecord): TaskRecord {
    const { bytes } = task.input;
    if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(reference)) return task;
    return { ...task, input: Payload.of(resolveSecrets(task.input.value, this.#secrets)) };
  }

  /** Values of the names that the task definition asks for; those without value are left out. */
  #runtimeMetadata({ runtimeMetadata }: TaskTemplate): Readonly<Record<string, string>> | undefined {
    if (runtimeMetadata.length === 0) return undefined;
    const found = runtimeMetadata.flatMap((name) => {
      const value = this.#secrets(name);
      return value === undefined ? [] : [[name, value] as const];
    });
    return found.length === 0 ? undefined : Object.fromEntries(found);
  }
}
