import type { Json } from '@partitura/model';
import type { Executor, ExecutorOptions } from '../executor.ts';
import { engineOf, textInput } from '../scripting/script.executor.ts';
import { outputOf } from './output-of.ts';

/** Runs programs that a decision leaves out, in jq itself. */
export function jsonJqTransformExecutor(options: ExecutorOptions): Executor {
  const engine = engineOf(options);
  return {
    type: 'JSON_JQ_TRANSFORM',
    execute: async (task, signal) => {
      const program = textInput(task, 'queryExpression');
      const answer = await engine.run('jq', program, JSON.stringify(task.input.value), signal);
      if ('value' in answer) return { status: 'COMPLETED', output: outputOf(answer.value as readonly Json[]) };
      const reason = 'stopped' in answer ? answer.stopped : answer.error;
      return { status: 'FAILED', output: { error: reason }, reason };
    },
    close: () => engine.close(),
  };
}
