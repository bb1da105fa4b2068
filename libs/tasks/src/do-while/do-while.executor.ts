import type { Executor, ExecutorOptions } from '../executor.ts';
import { justFailed, scriptExecutor, textField } from '../scripting/script.executor.ts';

/** Runs conditions that a decision leaves out; the question is `$`. */
export const doWhileExecutor = (options: ExecutorOptions): Executor =>
  scriptExecutor('DO_WHILE', options, { program: (task) => textField(task, 'loopCondition'), failed: justFailed });
