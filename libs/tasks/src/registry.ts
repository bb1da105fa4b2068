// Generated from the folders of this directory by scripts/generate-registry.mjs; do not edit.
import type { TaskKind } from '@partitura/engine';
import { decisionTask } from './decision/decision.task.ts';
import { doWhileTask } from './do-while/do-while.task.ts';
import { dynamicTask } from './dynamic/dynamic.task.ts';
import { eventTask } from './event/event.task.ts';
import { exclusiveJoinTask } from './exclusive-join/exclusive-join.task.ts';
import { forkJoinTask } from './fork-join/fork-join.task.ts';
import { forkJoinDynamicTask } from './fork-join-dynamic/fork-join-dynamic.task.ts';
import { getWorkflowTask } from './get-workflow/get-workflow.task.ts';
import { httpTask } from './http/http.task.ts';
import { humanTask } from './human/human.task.ts';
import { inlineTask } from './inline/inline.task.ts';
import { joinTask } from './join/join.task.ts';
import { jsonJqTransformTask } from './json-jq-transform/json-jq-transform.task.ts';
import { kafkaPublishTask } from './kafka-publish/kafka-publish.task.ts';
import { lambdaTask } from './lambda/lambda.task.ts';
import { noopTask } from './noop/noop.task.ts';
import { setVariableTask } from './set-variable/set-variable.task.ts';
import { simpleTask } from './simple/simple.task.ts';
import { startWorkflowTask } from './start-workflow/start-workflow.task.ts';
import { subWorkflowTask } from './sub-workflow/sub-workflow.task.ts';
import { switchTask } from './switch/switch.task.ts';
import { terminateTask } from './terminate/terminate.task.ts';
import { updateTaskTask } from './update-task/update-task.task.ts';
import { waitTask } from './wait/wait.task.ts';

export const allKinds: readonly TaskKind[] = [
  decisionTask,
  doWhileTask,
  dynamicTask,
  eventTask,
  exclusiveJoinTask,
  forkJoinTask,
  forkJoinDynamicTask,
  getWorkflowTask,
  httpTask,
  humanTask,
  inlineTask,
  joinTask,
  jsonJqTransformTask,
  kafkaPublishTask,
  lambdaTask,
  noopTask,
  setVariableTask,
  simpleTask,
  startWorkflowTask,
  subWorkflowTask,
  switchTask,
  terminateTask,
  updateTaskTask,
  waitTask,
];
