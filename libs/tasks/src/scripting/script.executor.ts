import { scriptErrorText } from '@partitura/expressions';
import type { Json, TaskRecord } from '@partitura/model';
import type { Executor, ExecutorOptions, ExecutorOutcome } from '../executor.ts';
import { ProgramEngine, type ProgramAnswer } from './program-engine.executor.ts';

const engines = new WeakMap<ExecutorOptions, ProgramEngine>();

/** The threads that all kinds of an installation share. */
export function engineOf(options: ExecutorOptions): ProgramEngine {
  const known = engines.get(options);
  if (known !== undefined) return known;
  const engine = new ProgramEngine(options.programs);
  engines.set(options, engine);
  return engine;
}

/** What is asked, and what becomes of the answer. */
export interface ScriptQuestions {
  readonly program: (task: TaskRecord) => string;
  /** Default: the record's input is `$`. */
  readonly bindings?: (task: TaskRecord) => Json;
  readonly failed: (reason: string, answer: ProgramAnswer) => ExecutorOutcome;
}

/** Runs the programs of a kind in the full engine; the answer is `output.result`. */
export function scriptExecutor(type: string, options: ExecutorOptions, questions: ScriptQuestions): Executor {
  const engine = engineOf(options);
  const { program, failed, bindings = inputAsDollar } = questions;
  return {
    type,
    execute: async (task, signal) => {
      const answer = await engine.run('javascript', program(task), JSON.stringify(bindings(task)), signal);
      if ('value' in answer) return { status: 'COMPLETED', output: { result: answer.value } };
      return failed(scriptErrorText('stopped' in answer ? { error: answer.stopped } : answer), answer);
    },
    close: () => engine.close(),
  };
}

const inputAsDollar = ({ input }: TaskRecord): Json => ({ $: input.value });

/** For kinds that hear the answer themselves and decide what a failure means. */
export const justFailed = (reason: string): ExecutorOutcome => ({ status: 'FAILED', output: {}, reason });

/** A field of the task's definition. */
export const textField = ({ workflowTask }: TaskRecord, name: string): string => textOr(workflowTask.object[name]);

/** A key of the task's input. */
export const textInput = ({ input }: TaskRecord, name: string): string => textOr(input.object[name]);

const textOr = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
