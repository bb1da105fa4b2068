import type { Entry, TaskKind } from '@partitura/engine';
import { isJsonObject, Payload } from '@partitura/model';
import { failedWith, problemsOf } from '../scripting/evaluators.ts';
import { scriptOf } from '../scripting/script-cache.ts';
import { systemTask } from '../traits.ts';
import { functionOf } from './function-of.ts';

/** The older form of INLINE: the body of a function, which returns the result. */
export const lambdaTask: TaskKind<undefined> = {
  type: 'LAMBDA',
  traits: { ...systemTask },
  check({ name, inputParameters }) {
    const input: unknown = inputParameters;
    const scriptExpression = isJsonObject(input) ? input['scriptExpression'] : undefined;
    if (typeof scriptExpression !== 'string' || scriptExpression.includes('${')) return [];
    return problemsOf(scriptOf(functionOf(scriptExpression)), { type: 'LAMBDA', name });
  },
  parse: () => undefined,
  enter(step): Entry {
    const input = step.input();
    const { scriptExpression } = input.object;
    if (typeof scriptExpression !== 'string' || scriptExpression.trim() === '') {
      const reason = `Empty 'scriptExpression' in Lambda task's input parameters. A non-empty String value must be provided.`;
      return failed(input, reason);
    }
    const script = scriptOf(functionOf(scriptExpression));
    const outcome = step.withFuel((fuel) => script.run({ $: input.value }, fuel));
    if ('ok' in outcome) return { as: 'ended', status: 'COMPLETED', input, output: Payload.of({ result: outcome.ok }) };
    if ('beyond' in outcome) return { as: 'queued', queue: 'LAMBDA', input };
    return failed(input, failedWith(outcome).error);
  },
};

/** Unlike an INLINE that fails, it is retried as its task definition says. */
const failed = (input: Payload, reason: string): Entry => ({
  as: 'ended',
  status: 'FAILED',
  input,
  output: Payload.of({ error: reason }),
  reason,
});
