import type { Entry, Inside, Step, TaskKind } from '@partitura/engine';
import { compileScript, textOf, type CompiledScript } from '@partitura/expressions';
import { Payload, type Json } from '@partitura/model';
import { failedWith, isJavaScript, problemsOf, readAnswer } from '../scripting/evaluators.ts';
import { controlTask } from '../traits.ts';

interface SwitchDef {
  readonly evaluatorType: string;
  readonly expression: string;
  /** Of the evaluators that run programs. */
  readonly script: CompiledScript | undefined;
  readonly cases: ReadonlySet<string>;
  /** Cases that are listed but hold no task. */
  readonly emptyCases: ReadonlySet<string>;
  readonly hasDefault: boolean;
}

/** Chooses one of several lists of tasks by the text of a value, or of what a program says. */
export const switchTask: TaskKind<SwitchDef> = {
  type: 'SWITCH',
  traits: { ...controlTask, knowsItsId: false },
  check({ name, evaluatorType, expression, decisionCases }) {
    const problems: string[] = [];
    if (Object.keys(decisionCases ?? {}).length === 0) {
      problems.push(`decisionCases should have atleast one task for taskType: SWITCH taskName: ${name}`);
    }
    if (evaluatorType === undefined || isBlank(evaluatorType)) {
      problems.push(`evaluatorType field is required for taskType: SWITCH taskName: ${name}`);
    } else if (expression === undefined || isBlank(expression)) {
      problems.push(`expression field is required for taskType: SWITCH taskName: ${name}`);
    } else if (isJavaScript(evaluatorType)) {
      problems.push(...problemsOf(compileScript(expression), { type: 'SWITCH', name }));
    }
    return problems;
  },
  parse({ evaluatorType = '', expression = '', decisionCases, defaultCase }) {
    const cases = Object.entries(decisionCases ?? {});
    return {
      evaluatorType,
      expression,
      script: isJavaScript(evaluatorType) ? compileScript(expression) : undefined,
      cases: new Set(cases.map(([key]) => key)),
      emptyCases: new Set(cases.filter(([, list]) => list.length === 0).map(([key]) => key)),
      hasDefault: (defaultCase ?? []).length > 0,
    };
  },
  enter(step) {
    const { script, evaluatorType, expression } = step.def;
    if (script !== undefined) return evaluate(step, script);
    if (evaluatorType !== 'value-param') {
      return { as: 'impossible', reason: `No evaluator registered for type: ${evaluatorType}` };
    }
    const input = step.input();
    return choose(step, input, input.object[expression] ?? null);
  },
  wake(step, signal) {
    if (signal.kind !== 'answered') return [];
    const said = readAnswer(signal);
    if ('error' in said) return [{ do: 'finish', status: 'FAILED', output: Payload.empty, reason: said.error }];
    const chosen = textOf(said.value);
    const input = inputOf(step.self.input, chosen, insideOf(step.def, chosen));
    return [{ do: 'finish', status: 'COMPLETED', input, output: outputOf(chosen) }];
  },
  leadsInto(output, def) {
    const { selectedCase } = output.object;
    return typeof selectedCase === 'string' ? insideOf(def, selectedCase) : undefined;
  },
};

function evaluate(step: Step<SwitchDef>, script: CompiledScript): Entry {
  const input = step.input();
  const outcome = step.withFuel((fuel) => script.run({ $: input.value }, fuel));
  if ('ok' in outcome) return choose(step, input, outcome.ok);
  if ('beyond' in outcome) return { as: 'asking', input };
  return { as: 'ended', status: 'FAILED', input, output: Payload.empty, reason: failedWith(outcome).error };
}

function choose({ def }: Step<SwitchDef>, input: Payload, value: Json): Entry {
  const chosen = textOf(value);
  const then = insideOf(def, chosen);
  return {
    as: 'ended',
    status: 'COMPLETED',
    input: inputOf(input, chosen, then),
    output: outputOf(chosen),
    ...(then && { then }),
  };
}

/** What was chosen stands in the input too. */
const inputOf = (given: Payload, chosen: string, then: Inside | undefined): Payload =>
  Payload.of({ ...given.object, case: chosen, ...(then && { hasChildren: 'true' }) });

const outputOf = (chosen: string): Payload => Payload.of({ evaluationResult: [chosen], selectedCase: chosen });

/** A listed case without tasks means "go on"; only a value that is not listed takes the default. */
function insideOf({ cases, emptyCases, hasDefault }: SwitchDef, chosen: string): Inside | undefined {
  if (cases.has(chosen)) return emptyCases.has(chosen) ? undefined : { list: 'case', key: chosen };
  return hasDefault ? { list: 'default' } : undefined;
}

const isBlank = (text: string): boolean => text.trim() === '';
