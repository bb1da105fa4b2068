import type { Entry, Step, TaskKind } from '@partitura/engine';
import { compileJq, type CompiledJq } from '@partitura/expressions';
import { isJsonObject, Payload } from '@partitura/model';
import { ProgramCache } from '../scripting/program-cache.ts';
import { systemTask } from '../traits.ts';
import { outputOf } from './output-of.ts';

const programs = new ProgramCache(compileJq);

/** A jq program over the task's input. */
export const jsonJqTransformTask: TaskKind<undefined> = {
  type: 'JSON_JQ_TRANSFORM',
  traits: { ...systemTask },
  check({ name, inputParameters }) {
    const input: unknown = inputParameters;
    const query = isJsonObject(input) ? input['queryExpression'] : undefined;
    if (query === undefined) {
      return [`inputParameters.queryExpression field is required for taskType: JSON_JQ_TRANSFORM taskName: ${name}`];
    }
    if (typeof query !== 'string' || query.includes('${')) return [];
    const { problem } = programs.of(query);
    return problem === undefined
      ? []
      : [`queryExpression is no jq program: ${problem}, taskType: JSON_JQ_TRANSFORM taskName ${name}`];
  },
  parse: () => undefined,
  enter(step) {
    const input = step.input();
    const { queryExpression } = input.object;
    if (typeof queryExpression !== 'string')
      return failed(input, "Missing 'queryExpression' in input parameters", Payload.empty);
    return evaluate(step, input, programs.of(queryExpression));
  },
};

function evaluate(step: Step, input: Payload, program: CompiledJq): Entry {
  const outcome = step.withFuel((fuel) => program.run(input.value, fuel));
  if ('beyond' in outcome) return { as: 'queued', queue: 'JSON_JQ_TRANSFORM', input };
  if ('error' in outcome) return failed(input, outcome.error, Payload.of({ error: outcome.error }));
  return { as: 'ended', status: 'COMPLETED', input, output: Payload.of(outputOf(outcome.results)) };
}

const failed = (input: Payload, reason: string, output: Payload): Entry => ({
  as: 'ended',
  status: 'FAILED',
  input,
  output,
  reason,
});
