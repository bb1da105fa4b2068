import type { Executor, ExecutorOptions } from '../executor.ts';
import { scriptExecutor, textInput } from '../scripting/script.executor.ts';
import { functionOf } from './function-of.ts';

/** Runs bodies that a decision leaves out; `$` is the input of the task. */
export const lambdaExecutor = (options: ExecutorOptions): Executor =>
  scriptExecutor('LAMBDA', options, {
    program: (task) => functionOf(textInput(task, 'scriptExpression')),
    failed: (reason) => ({ status: 'FAILED', output: { error: reason }, reason }),
  });
