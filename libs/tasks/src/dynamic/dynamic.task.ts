import type { TaskKind } from '@partitura/engine';
import { textOf } from '@partitura/expressions';
import { systemTask } from '../traits.ts';

/** A task whose name is found out only when it is reached. From then on it is that task. */
export const dynamicTask: TaskKind<string> = {
  type: 'DYNAMIC',
  traits: { ...systemTask, delayed: true, usesInputTemplate: true },
  check({ name, dynamicTaskNameParam }) {
    if (dynamicTaskNameParam !== undefined && dynamicTaskNameParam !== '') return [];
    return [`dynamicTaskNameParam field is required for taskType: DYNAMIC taskName: ${name}`];
  },
  parse: ({ dynamicTaskNameParam }) => dynamicTaskNameParam ?? '',
  enter(step) {
    const input = step.input().object;
    const name = Object.hasOwn(input, step.def) ? (input[step.def] ?? null) : null;
    if (name !== null && name !== '') return { as: 'another', type: textOf(name) };
    const reason = `Cannot map a dynamic task based on the parameter and input. Parameter= ${step.def}, input= ${textOf(input)}`;
    return { as: 'impossible', reason };
  },
};
