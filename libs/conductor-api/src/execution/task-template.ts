import type { Payload, TaskDef, TaskView } from '@partitura/model';
import { memberText, payloadText, quoted } from './json-text.ts';

/** Names of an attempt; nearly always the same ones for one task of a definition. */
export type TaskNames = Pick<TaskView, 'taskType' | 'referenceName' | 'taskDefName'>;

/** The kinds for which Conductor copies the rate limit of the task definition; workers' tasks have it too. */
const rateLimitedKinds: ReadonlySet<string> = new Set(['HTTP', 'DO_WHILE', 'KAFKA_PUBLISH']);

/** What all attempts of one task of one definition show alike. */
export class TaskTemplate {
  /** JSON text of the task as the definition has it. */
  readonly workflowTask: string;
  /** JSON text of its task definition, or `null`. */
  readonly taskDefinition: string;
  readonly rateLimitPerFrequency: number;
  readonly rateLimitFrequencyInSeconds: number;
  /** Names of values that a worker gets with the task. */
  readonly runtimeMetadata: readonly string[];
  /** Written as SIMPLE: a worker's task. */
  readonly #isSimple: boolean;
  #last: TaskNames = { taskType: '', referenceName: '', taskDefName: '' };
  #members: string | undefined;

  constructor(text: string) {
    this.workflowTask = text;
    this.taskDefinition = memberText(text, 'taskDefinition') ?? 'null';
    const definition = JSON.parse(this.taskDefinition) as
      (Partial<TaskDef> & { runtimeMetadata?: readonly string[] }) | null;
    this.#isSimple = memberText(text, 'type') === '"SIMPLE"';
    this.rateLimitPerFrequency = definition?.rateLimitPerFrequency ?? 0;
    this.rateLimitFrequencyInSeconds = definition?.rateLimitFrequencyInSeconds ?? 0;
    this.runtimeMetadata = definition?.runtimeMetadata ?? [];
  }

  /** The members that do not change from attempt to attempt as long as its names do not: put together once. */
  members({ taskType, referenceName, taskDefName }: TaskNames): string {
    const last = this.#last;
    if (
      this.#members !== undefined &&
      last.taskType === taskType &&
      last.referenceName === referenceName &&
      last.taskDefName === taskDefName
    )
      return this.#members;
    const isLimited = rateLimitedKinds.has(taskType) || this.#isSimple;
    this.#last = { taskType, referenceName, taskDefName };
    this.#members =
      `"taskType":${quoted(taskType)},"referenceTaskName":${quoted(referenceName)}` +
      `,"taskDefName":${quoted(taskDefName)},"workflowTask":${this.workflowTask}` +
      `,"taskDefinition":${this.taskDefinition}` +
      `,"rateLimitPerFrequency":${isLimited ? this.rateLimitPerFrequency : 0}` +
      `,"rateLimitFrequencyInSeconds":${isLimited ? this.rateLimitFrequencyInSeconds : 0}`;
    return this.#members;
  }
}

const templatesMax = 2_000;

/** Templates by the text they are made from: workers poll the same few tasks again and again. */
export class TaskTemplates {
  readonly #templates = new Map<string, TaskTemplate>();
  /** Runs of one definition share the payloads of its tasks; then the text need not be looked at again. */
  readonly #known = new WeakMap<Payload, TaskTemplate>();

  of(workflowTask: Payload): TaskTemplate {
    const known = this.#known.get(workflowTask);
    if (known !== undefined) return known;
    const text = payloadText(workflowTask);
    let template = this.#templates.get(text);
    if (template === undefined) {
      if (this.#templates.size >= templatesMax) this.#templates.clear();
      template = new TaskTemplate(text);
      this.#templates.set(text, template);
    }
    this.#known.set(workflowTask, template);
    return template;
  }
}
