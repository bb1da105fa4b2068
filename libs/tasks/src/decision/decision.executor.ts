import type { Executor, ExecutorOptions } from '../executor.ts';
import { justFailed, scriptExecutor, textField } from '../scripting/script.executor.ts';

/** Runs expressions that a decision leaves out; `$` is the input of the DECISION. */
export const decisionExecutor = (options: ExecutorOptions): Executor =>
  scriptExecutor('DECISION', options, { program: (task) => textField(task, 'caseExpression'), failed: justFailed });
