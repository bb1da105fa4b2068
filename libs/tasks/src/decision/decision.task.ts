import type { Entry, Inside, TaskKind } from '@partitura/engine';
import { compileScript, textOf, type CompiledScript } from '@partitura/expressions';
import { Payload, type Json } from '@partitura/model';
import { problemsOf, readAnswer } from '../scripting/evaluators.ts';
import { controlTask } from '../traits.ts';

interface DecisionDef {
  /** Key of the input. */
  readonly param: string;
  /** Wins over the key. */
  readonly expression: string;
  readonly script: CompiledScript | undefined;
  /** Cases that hold tasks; unlike in a SWITCH, the others count as not listed. */
  readonly cases: ReadonlySet<string>;
  readonly hasDefault: boolean;
}

/** The older form of SWITCH. What it was given is not kept in its input. */
export const decisionTask: TaskKind<DecisionDef> = {
  type: 'DECISION',
  traits: { ...controlTask, knowsItsId: false },
  check({ name, caseValueParam, caseExpression, decisionCases }) {
    const problems: string[] = [];
    if (Object.keys(decisionCases ?? {}).length === 0) {
      problems.push(`decisionCases should have atleast one task for taskType: DECISION taskName: ${name}`);
    }
    if (isBlank(caseValueParam) && isBlank(caseExpression)) {
      problems.push(`caseValueParam or caseExpression field is required for taskType: DECISION taskName: ${name}`);
    }
    if (caseExpression !== undefined && !isBlank(caseExpression)) {
      problems.push(...problemsOf(compileScript(caseExpression), { type: 'DECISION', name }));
    }
    return problems;
  },
  parse({ caseValueParam = '', caseExpression = '', decisionCases, defaultCase }) {
    const cases = Object.entries(decisionCases ?? {}).filter(([, list]) => list.length > 0);
    return {
      param: caseValueParam,
      expression: caseExpression,
      script: isBlank(caseExpression) ? undefined : compileScript(caseExpression),
      cases: new Set(cases.map(([key]) => key)),
      hasDefault: (defaultCase ?? []).length > 0,
    };
  },
  enter(step) {
    const { script, param, expression } = step.def;
    const input = step.input();
    if (script === undefined) return choose(step.def, Object.hasOwn(input.object, param) ? input.object[param] : null);
    const outcome = step.withFuel((fuel) => script.run({ $: input.value }, fuel));
    if ('ok' in outcome) return choose(step.def, outcome.ok);
    if ('beyond' in outcome) return { as: 'asking', input: Payload.empty };
    return { as: 'impossible', reason: failureOf(expression) };
  },
  question: (step) => step.input(),
  wake(step, signal) {
    if (signal.kind !== 'answered') return [];
    const said = readAnswer(signal);
    if ('value' in said) {
      const chosen = textOf(said.value);
      const input = inputOf(chosen, insideOf(step.def, chosen));
      return [{ do: 'finish', status: 'COMPLETED', input, output: outputOf(chosen) }];
    }
    return [{ do: 'finish', status: 'FAILED', output: Payload.empty, reason: failureOf(step.def.expression) }];
  },
  leadsInto(output, def) {
    const { caseOutput } = output.object;
    const chosen: unknown = Array.isArray(caseOutput) ? caseOutput[0] : undefined;
    return typeof chosen === 'string' ? insideOf(def, chosen) : undefined;
  },
};

function choose(def: DecisionDef, value: Json | undefined): Entry {
  const chosen = textOf(value ?? null);
  const then = insideOf(def, chosen);
  return {
    as: 'ended',
    status: 'COMPLETED',
    input: inputOf(chosen, then),
    output: outputOf(chosen),
    ...(then && { then }),
  };
}

const inputOf = (chosen: string, then: Inside | undefined): Payload =>
  Payload.of({ ...(then && { hasChildren: 'true' }), case: chosen });

const outputOf = (chosen: string): Payload => Payload.of({ caseOutput: [chosen] });

const failureOf = (expression: string): string => `Error while evaluating script: ${expression}`;

function insideOf({ cases, hasDefault }: DecisionDef, chosen: string): Inside | undefined {
  if (cases.has(chosen)) return { list: 'case', key: chosen };
  return hasDefault ? { list: 'default' } : undefined;
}

const isBlank = (text: string | undefined): boolean => text === undefined || text.trim() === '';
