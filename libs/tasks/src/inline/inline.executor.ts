import type { Executor, ExecutorOptions } from '../executor.ts';
import { scriptExecutor, textInput } from '../scripting/script.executor.ts';

/** Runs expressions that a decision leaves out; `$` is the input of the task. */
export const inlineExecutor = (options: ExecutorOptions): Executor =>
  scriptExecutor('INLINE', options, {
    program: (task) => textInput(task, 'expression'),
    failed: (reason, answer) => ({
      // What was stopped may come to an end the next time; what threw throws again.
      status: 'stopped' in answer ? 'FAILED' : 'FAILED_WITH_TERMINAL_ERROR',
      output: { error: reason },
      reason,
    }),
  });
