import type { Step, TaskFacts, TaskKind } from '@partitura/engine';
import { isSuccessful, Payload } from '@partitura/model';
import { controlTask } from '../traits.ts';

interface ExclusiveJoinDef {
  readonly joinOn: readonly string[];
  readonly otherwise: readonly string[];
  readonly input: Payload;
}

/** Takes the output of the one task that ran, of several of which a choice lets one run. */
export const exclusiveJoinTask: TaskKind<ExclusiveJoinDef> = {
  type: 'EXCLUSIVE_JOIN',
  traits: { ...controlTask, reopens: true },
  waitsFor: ({ joinOn = [], defaultExclusiveJoinTask = [] }) => ({
    names: [...joinOn, ...defaultExclusiveJoinTask],
    until: 'any',
  }),
  parse({ joinOn = [], defaultExclusiveJoinTask: otherwise = [] }) {
    return { joinOn, otherwise, input: Payload.of({ joinOn, defaultExclusiveJoinTask: otherwise }) };
  },
  /** Waits for ever when none of them has begun: nothing says that they never will. */
  enter(step) {
    const chosen = choose(step);
    return { as: 'joining', input: step.def.input, on: chosen === undefined ? step.def.joinOn : [chosen.name] };
  },
  wake(step, signal) {
    const chosen = signal.kind === 'joined' ? choose(step) : undefined;
    if (chosen === undefined) return [];
    const { status, output, reason } = chosen.task;
    if (isSuccessful(status)) return [{ do: 'finish', status: 'COMPLETED', output }];
    return [{ do: 'finish', status: 'FAILED', output: Payload.empty, reason: reason ?? 'null' }];
  },
};

interface Chosen {
  readonly name: string;
  readonly task: TaskFacts;
}

/** The first that has begun; of the others, the first that has. */
function choose(step: Step<ExclusiveJoinDef>): Chosen | undefined {
  const { joinOn, otherwise } = step.def;
  for (const name of joinOn) {
    const task = step.find(name);
    if (task !== undefined && task.status !== 'SKIPPED') return { name, task };
  }
  for (const name of otherwise) {
    const task = step.find(name);
    if (task !== undefined) return { name, task };
  }
  return undefined;
}
