import type { Entry, Step, TaskKind } from '@partitura/engine';
import { textOf } from '@partitura/expressions';
import { Payload, type Json, type JsonObject } from '@partitura/model';
import { controlTask } from '../traits.ts';

interface SwitchDef {
  readonly evaluatorType: string;
  readonly expression: string;
  readonly cases: ReadonlySet<string>;
  /** Cases that are listed but hold no task. */
  readonly emptyCases: ReadonlySet<string>;
  readonly hasDefault: boolean;
}

/** Chooses one of several lists of tasks by the text of a value. */
export const switchTask: TaskKind<SwitchDef> = {
  type: 'SWITCH',
  traits: { ...controlTask, knowsItsId: false },
  check({ name, evaluatorType, expression, decisionCases }) {
    const problems: string[] = [];
    if (Object.keys(decisionCases ?? {}).length === 0) {
      problems.push(`decisionCases should have atleast one task for taskType: SWITCH taskName: ${name}`);
    }
    if (isBlank(evaluatorType)) problems.push(`evaluatorType field is required for taskType: SWITCH taskName: ${name}`);
    else if (isBlank(expression)) problems.push(`expression field is required for taskType: SWITCH taskName: ${name}`);
    return problems;
  },
  parse({ evaluatorType, expression, decisionCases, defaultCase }) {
    const cases = Object.entries(decisionCases ?? {});
    return {
      evaluatorType: evaluatorType ?? '',
      expression: expression ?? '',
      cases: new Set(cases.map(([key]) => key)),
      emptyCases: new Set(cases.filter(([, list]) => list.length === 0).map(([key]) => key)),
      hasDefault: (defaultCase ?? []).length > 0,
    };
  },
  enter(step) {
    if (step.def.evaluatorType !== 'value-param') {
      return { as: 'impossible', reason: `No evaluator registered for type: ${step.def.evaluatorType}` };
    }
    const input = step.input().object;
    return choose(step, input, input[step.def.expression] ?? null);
  },
};

/** A listed case without tasks means "go on"; only a value that is not listed takes the default. */
function choose({ def }: Step<SwitchDef>, input: JsonObject, value: Json): Entry {
  const chosen = textOf(value);
  const listed = def.cases.has(chosen);
  const branch = listed ? !def.emptyCases.has(chosen) : def.hasDefault;
  return {
    as: 'ended',
    status: 'COMPLETED',
    input: Payload.of({ ...input, case: chosen, ...(branch && { hasChildren: 'true' }) }),
    output: Payload.of({ evaluationResult: [chosen], selectedCase: chosen }),
    ...(branch && { then: listed ? { list: 'case', key: chosen } : { list: 'default' } }),
  };
}

const isBlank = (text: string | undefined): boolean => text === undefined || text.trim() === '';
