import type { Payload, TaskDef } from '@partitura/model';
import { memberText, payloadText } from './json-text.ts';

/** What all attempts of one task of one definition show alike. */
export interface TaskTemplate {
  /** JSON text of the task as the definition has it. */
  readonly workflowTask: string;
  /** JSON text of its task definition, or `null`. */
  readonly taskDefinition: string;
  /** Written as SIMPLE: a worker's task. */
  readonly isSimple: boolean;
  readonly rateLimitPerFrequency: number;
  readonly rateLimitFrequencyInSeconds: number;
  /** Names of values that a worker gets with the task. */
  readonly runtimeMetadata: readonly string[];
}

const templatesMax = 2_000;

/** Templates by the text they are made from: workers poll the same few tasks again and again. */
export class TaskTemplates {
  readonly #templates = new Map<string, TaskTemplate>();

  of(workflowTask: Payload): TaskTemplate {
    const text = payloadText(workflowTask);
    const known = this.#templates.get(text);
    if (known !== undefined) return known;
    const template = templateOf(text);
    if (this.#templates.size >= templatesMax) this.#templates.clear();
    this.#templates.set(text, template);
    return template;
  }
}

function templateOf(text: string): TaskTemplate {
  const taskDefinition = memberText(text, 'taskDefinition') ?? 'null';
  const definition = JSON.parse(taskDefinition) as (Partial<TaskDef> & { runtimeMetadata?: readonly string[] }) | null;
  return {
    workflowTask: text,
    taskDefinition,
    isSimple: memberText(text, 'type') === '"SIMPLE"',
    rateLimitPerFrequency: definition?.rateLimitPerFrequency ?? 0,
    rateLimitFrequencyInSeconds: definition?.rateLimitFrequencyInSeconds ?? 0,
    runtimeMetadata: definition?.runtimeMetadata ?? [],
  };
}
