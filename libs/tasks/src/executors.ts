// Generated from the folders of this directory by scripts/generate-registry.mjs; do not edit.
import type { Executor, ExecutorOptions } from './executor.ts';
import { decisionExecutor } from './decision/decision.executor.ts';
import { doWhileExecutor } from './do-while/do-while.executor.ts';
import { eventExecutor } from './event/event.executor.ts';
import { getWorkflowExecutor } from './get-workflow/get-workflow.executor.ts';
import { httpExecutor } from './http/http.executor.ts';
import { inlineExecutor } from './inline/inline.executor.ts';
import { jsonJqTransformExecutor } from './json-jq-transform/json-jq-transform.executor.ts';
import { kafkaPublishExecutor } from './kafka-publish/kafka-publish.executor.ts';
import { lambdaExecutor } from './lambda/lambda.executor.ts';
import { startWorkflowExecutor } from './start-workflow/start-workflow.executor.ts';
import { switchExecutor } from './switch/switch.executor.ts';
import { updateTaskExecutor } from './update-task/update-task.executor.ts';

export type * from './executor.ts';
export type { KafkaRequest } from './kafka-publish/kafka-request.ts';

/** The IO halves of all task kinds that have one. */
export function executors(options: ExecutorOptions): readonly Executor[] {
  return [
    decisionExecutor(options),
    doWhileExecutor(options),
    eventExecutor(options),
    getWorkflowExecutor(options),
    httpExecutor(options),
    inlineExecutor(options),
    jsonJqTransformExecutor(options),
    kafkaPublishExecutor(options),
    lambdaExecutor(options),
    startWorkflowExecutor(options),
    switchExecutor(options),
    updateTaskExecutor(options),
  ];
}
