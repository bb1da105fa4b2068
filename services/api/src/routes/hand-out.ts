import { polledTaskText, TaskTemplates } from '@partitura/conductor-api';
import { resolveSecrets, type SecretLookup } from '@partitura/expressions';
import { Payload, type TaskRecord } from '@partitura/model';
import type { TaskTokens } from '../access/task-tokens.ts';
import type { HandedOut } from '../gateway/port.ts';

const reference = Buffer.from('${workflow.secrets.');

/** Tasks as workers get to see them. Secrets are put in here, in the worker's copy only, and nowhere else. */
export class HandOuts {
  readonly #templates = new TaskTemplates();
  readonly #secrets: SecretLookup;
  readonly #tokens: TaskTokens | undefined;

  /** @param tokens absent where nobody has to say who he is */
  constructor(secrets: SecretLookup, tokens: TaskTokens | undefined) {
    this.#secrets = secrets;
    this.#tokens = tokens;
  }

  /** @param receiver gets a token in place of the id if he has to show one */
  text({ task, workerId, at }: HandedOut, receiver: { readonly showsTokens: boolean }): string {
    const runtimeMetadata = this.#runtimeMetadata(task);
    return polledTaskText(
      this.#withSecrets(task),
      {
        at,
        ...(workerId !== undefined && { workerId }),
        ...(receiver.showsTokens && { token: this.#tokens?.issue(task.taskId, task.dispatch) }),
        ...(runtimeMetadata !== undefined && { runtimeMetadata }),
      },
      this.#templates,
    );
  }

  #withSecrets(task: TaskRecord): TaskRecord {
    const { bytes } = task.input;
    if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(reference)) return task;
    return { ...task, input: Payload.of(resolveSecrets(task.input.value, this.#secrets)) };
  }

  /** Values of the names that the task definition asks for; those without value are left out. */
  #runtimeMetadata(task: TaskRecord): Readonly<Record<string, string>> | undefined {
    const { runtimeMetadata } = this.#templates.of(task.workflowTask);
    if (runtimeMetadata.length === 0) return undefined;
    const found = runtimeMetadata.flatMap((name) => {
      const value = this.#secrets(name);
      return value === undefined ? [] : [[name, value] as const];
    });
    return found.length === 0 ? undefined : Object.fromEntries(found);
  }
}
