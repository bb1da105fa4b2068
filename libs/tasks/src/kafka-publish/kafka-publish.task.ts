import type { TaskKind } from '@partitura/engine';
import { isJsonObject, Payload, type WorkflowTask } from '@partitura/model';
import { systemTask } from '../traits.ts';

/** A record for a Kafka topic. It is sent by whoever works on queue `KAFKA_PUBLISH`: see `kafka-publish.executor.ts`. */
export const kafkaPublishTask: TaskKind<undefined> = {
  type: 'KAFKA_PUBLISH',
  traits: {
    ...systemTask,
    responds: ({ asyncComplete }) => asyncComplete !== true,
    delayed: true,
    usesInputTemplate: true,
  },
  check(task) {
    if (namesRequest(task)) return [];
    return [`inputParameters.kafka_request field is required for taskType: KAFKA_PUBLISH taskName: ${task.name}`];
  },
  parse: () => undefined,
  enter: (step) => ({ as: 'queued', queue: 'KAFKA_PUBLISH', input: step.input() }),
  /** The executor is told in the input whether others complete the task. */
  question: (step) =>
    step.task.asyncComplete === true ? Payload.of({ ...step.self.input.object, asyncComplete: true }) : step.self.input,
};

function namesRequest({ inputParameters, taskDefinition }: WorkflowTask): boolean {
  const template: unknown = taskDefinition?.inputTemplate;
  return [inputParameters as unknown, template].some(
    (object) => isJsonObject(object) && Object.hasOwn(object, 'kafka_request'),
  );
}
