import type { Entry, Step, TaskKind } from '@partitura/engine';
import type { CompiledScript } from '@partitura/expressions';
import { isJsonObject, Payload, type Json } from '@partitura/model';
import { failedWith, isJavaScript, problemsOf } from '../scripting/evaluators.ts';
import { scriptOf } from '../scripting/script-cache.ts';
import { systemTask } from '../traits.ts';

/** Evaluates an expression over the task's input; its value is `output.result`. */
export const inlineTask: TaskKind<undefined> = {
  type: 'INLINE',
  traits: { ...systemTask },
  check({ name, inputParameters }) {
    const input: unknown = inputParameters;
    if (!isJsonObject(input)) return [];
    const { evaluatorType, expression } = input;
    if (typeof expression !== 'string' || expression.includes('${')) return [];
    return isJavaScript(evaluatorOf(evaluatorType)) ? problemsOf(scriptOf(expression), { type: 'INLINE', name }) : [];
  },
  parse: () => undefined,
  enter(step) {
    const input = step.input();
    const { evaluatorType, expression } = input.object;
    const evaluator = evaluatorOf(evaluatorType);
    if (!isJavaScript(evaluator) && evaluator !== 'value-param')
      return failed(input, `Unknown evaluator '${evaluator}' in INLINE task.`);
    if (typeof expression !== 'string' || expression.trim() === '') {
      const reason = `Empty 'expression' in Inline task's input parameters. A non-empty String value must be provided.`;
      return failed(input, reason);
    }
    if (evaluator === 'value-param') return completed(input, memberOf(input, expression));
    return evaluate(step, input, scriptOf(expression));
  },
};

function evaluate(step: Step, input: Payload, script: CompiledScript): Entry {
  const outcome = step.withFuel((fuel) => script.run({ $: input.value }, fuel));
  if ('ok' in outcome) return completed(input, outcome.ok);
  if ('beyond' in outcome) return { as: 'queued', queue: 'INLINE', input };
  return failed(input, failedWith(outcome).error);
}

const completed = (input: Payload, result: Json): Entry => ({
  as: 'ended',
  status: 'COMPLETED',
  input,
  output: Payload.of({ result }),
});

/** No attempt could end otherwise, so there is no other. */
const failed = (input: Payload, reason: string): Entry => ({
  as: 'ended',
  status: 'FAILED_WITH_TERMINAL_ERROR',
  input,
  output: Payload.of({ error: reason }),
  reason,
});

const memberOf = ({ object }: Payload, name: string): Json =>
  Object.hasOwn(object, name) ? (object[name] ?? null) : null;

function evaluatorOf(given: Json | undefined): string {
  if (given === undefined || given === null) return 'javascript';
  return typeof given === 'string' ? given : JSON.stringify(given);
}
