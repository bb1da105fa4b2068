import type { Executor, ExecutorOptions } from '../executor.ts';
import { justFailed, scriptExecutor, textField } from '../scripting/script.executor.ts';

/** Runs expressions that a decision leaves out; `$` is the input of the SWITCH. */
export const switchExecutor = (options: ExecutorOptions): Executor =>
  scriptExecutor('SWITCH', options, { program: (task) => textField(task, 'expression'), failed: justFailed });
