// Generated from the folders of this directory by scripts/generate-registry.mjs; do not edit.
import type { Executor, ExecutorOptions } from './executor.ts';
import { decisionExecutor } from './decision/decision.executor.ts';
import { doWhileExecutor } from './do-while/do-while.executor.ts';
import { httpExecutor } from './http/http.executor.ts';
import { inlineExecutor } from './inline/inline.executor.ts';
import { jsonJqTransformExecutor } from './json-jq-transform/json-jq-transform.executor.ts';
import { lambdaExecutor } from './lambda/lambda.executor.ts';
import { switchExecutor } from './switch/switch.executor.ts';

export type { Executor, ExecutorOptions, ExecutorOutcome } from './executor.ts';

/** The IO halves of all task kinds that have one. */
export function executors(options: ExecutorOptions): readonly Executor[] {
  return [decisionExecutor(options), doWhileExecutor(options), httpExecutor(options), inlineExecutor(options), jsonJqTransformExecutor(options), lambdaExecutor(options), switchExecutor(options)];
}
