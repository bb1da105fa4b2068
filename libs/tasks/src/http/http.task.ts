import type { TaskKind } from '@partitura/engine';
import { isJsonObject, Payload, type WorkflowTask } from '@partitura/model';
import { systemTask } from '../traits.ts';

/** An HTTP request. The request itself is made by whoever works on queue `HTTP`: see `http.executor.ts`. */
export const httpTask: TaskKind<undefined> = {
  type: 'HTTP',
  traits: {
    ...systemTask,
    responds: ({ asyncComplete }) => asyncComplete !== true,
    delayed: true,
    usesInputTemplate: true,
  },
  check(task) {
    if (namesRequest(task)) return [];
    return [
      `inputParameters.http_request or inputParameters.uri field is required for taskType: HTTP taskName: ${task.name}`,
    ];
  },
  parse: () => undefined,
  enter(step) {
    const asyncComplete = step.task.asyncComplete === true;
    return { as: 'queued', queue: 'HTTP', input: Payload.of({ ...step.input().object, asyncComplete }) };
  },
};

function namesRequest({ inputParameters, taskDefinition }: WorkflowTask): boolean {
  const input: unknown = inputParameters;
  if (isJsonObject(input) && ['http_request', 'uri', 'method'].some((key) => Object.hasOwn(input, key))) return true;
  const template: unknown = taskDefinition?.inputTemplate;
  return isJsonObject(template) && Object.hasOwn(template, 'http_request');
}
