import type { Deed, OpenStep, TaskKind } from '@partitura/engine';
import type { Template } from '@partitura/expressions';
import { Payload, tasksInOrder, type Json, type JsonObject, type WorkflowTask } from '@partitura/model';
import { systemTask } from '../traits.ts';
import { growingOutput } from './growing-output.ts';
import { LoopCondition, type Verdict } from './loop-condition.ts';

interface LoopDef {
  readonly condition: LoopCondition;
  /** The list whose elements the iterations are about; `_items` of the input otherwise. */
  readonly items: Template | undefined;
  /** Of everything inside. */
  readonly bodyNames: readonly string[];
}
type LoopStep = OpenStep<LoopDef>;

/**
 * Runs the tasks inside it again and again, as long as a condition holds or a list has elements.
 *
 * What is stored while it runs is the number of the iteration and its element. Its output, an entry for each iteration,
 * is put together from the tasks themselves: for expressions as far as they look, as a whole once, at the end.
 */
export const doWhileTask: TaskKind<LoopDef> = {
  type: 'DO_WHILE',
  traits: { ...systemTask, retried: false, reopens: true, usesInputTemplate: true },
  check({ name, loopCondition, loopOver }) {
    const problems: string[] = [];
    if (loopCondition === undefined)
      problems.push(`loopCondition field is required for taskType: DO_WHILE taskName: ${name}`);
    if ((loopOver ?? []).length === 0)
      problems.push(`loopOver field is required for taskType: DO_WHILE taskName: ${name}`);
    problems.push(...new LoopCondition(loopCondition, true).problems({ type: 'DO_WHILE', name }));
    return problems;
  },
  parse(task, compile) {
    const items = isGiven(task.items) ? compile(task.items) : undefined;
    return {
      condition: new LoopCondition(task.loopCondition, items !== undefined || hasItemsInput(task)),
      items,
      bodyNames: tasksInOrder({ tasks: task.loopOver ?? [] }).map(({ taskReferenceName }) => taskReferenceName),
    };
  },
  enter(step) {
    const input = step.input();
    const problem = problemOf(step.task, input.object);
    if (problem === undefined) return { as: 'running', input };
    return { as: 'ended', input, status: 'FAILED_WITH_TERMINAL_ERROR', output: Payload.empty, reason: problem };
  },
  wake(step, signal) {
    switch (signal.kind) {
      case 'run':
        return begin(step);
      case 'iterated':
        return afterIteration(step, step.def.condition.evaluate(bindings(step), step));
      case 'answered':
        return afterIteration(step, step.def.condition.read(signal));
      case 'bodyFailed':
        return [{ do: 'finish', status: 'FAILED', output: wholeOutput(step), reason: `${signal.reason ?? 'null'} ` }];
      default:
        return [];
    }
  },
  question: (step) => Payload.of(bindings(step)),
  rewind: (step, number = 1) => Payload.of({ iteration: number, ...itemOf(itemsOf(step), number) }),
  shown: (step) => outputSoFar(step),
  abandon: (step) => wholeOutput(step),
};

/** The first iteration, or the one in which it was interrupted. */
function begin(step: LoopStep): readonly Deed[] {
  const reached = iterationOf(step);
  if (reached > 0) return [{ do: 'iterate', iteration: reached }];
  const items = itemsOf(step);
  if (items === undefined || items.length > 0) return iteration(1, items);
  return [{ do: 'finish', status: 'COMPLETED', output: Payload.of({ iteration: 0 }) }];
}

function iteration(number: number, items: readonly Json[] | undefined): readonly Deed[] {
  const output = Payload.of({ iteration: number, ...itemOf(items, number) });
  return [
    { do: 'progress', status: 'IN_PROGRESS', output },
    { do: 'iterate', iteration: number },
  ];
}

/** Another iteration, or the end. What the condition may look at is there until it has said something. */
function afterIteration(step: LoopStep, verdict: Verdict): readonly Deed[] {
  if (verdict.kind === 'beyond') return [{ do: 'ask' }];
  const output = (): Payload => wholeOutput(step, keptAfter(step));
  if (verdict.kind === 'failed') {
    return [{ do: 'finish', status: 'FAILED_WITH_TERMINAL_ERROR', output: output(), reason: verdict.reason }];
  }
  const next = iterationOf(step) + 1;
  const items = itemsOf(step);
  const again = verdict.again && (items === undefined || next <= items.length);
  return [
    ...forgotten(step),
    ...(again ? iteration(next, items) : [{ do: 'finish', status: 'COMPLETED', output: output() } as const]),
  ];
}

/** The iteration that is one too many now that another one is done. */
function forgotten(step: LoopStep): readonly Deed[] {
  const kept = keepLastN(step);
  const done = iterationOf(step);
  return kept !== undefined && done > kept ? [{ do: 'forget', iteration: done - kept }] : [];
}

/** What a condition sees as `$`: the input as it is now, the loop's output, and the newest output of each task inside. */
function bindings(step: LoopStep): JsonObject {
  const output = outputAfter(step);
  const { loopIndex, loopItem } = output;
  const $: Record<string, Json> = { ...step.input().object };
  for (const name of step.def.bodyNames) {
    const task = step.find(name);
    if (task === undefined) continue;
    const { output: said } = task;
    if (said.parsed === undefined || name === '__proto__') {
      Object.defineProperty($, name, { get: () => said.value, enumerable: true });
    } else {
      $[name] = said.parsed;
    }
  }
  if (loopIndex !== undefined) Object.assign($, { loopIndex, loopItem });
  $[step.task.taskReferenceName] = output;
  return $;
}

const iterationOf = ({ self }: LoopStep): number => Number(self.output.object['iteration'] ?? 0);

const own = ({ iteration, loopIndex, loopItem }: JsonObject): JsonObject => ({
  iteration: iteration ?? 0,
  ...(loopIndex !== undefined && { loopIndex, loopItem: loopItem ?? null }),
});

/** @param from The first iteration that is still there. */
function outputSoFar(step: LoopStep, from = firstKept(step)): JsonObject {
  const members = own(step.self.output.object);
  const through = Number(members['iteration']);
  return growingOutput(members, { from: Math.max(1, from), through }, (number) => entryOf(step, number));
}

/** The same as it is stored: outputs as they were written, of however many iterations. */
function wholeOutput(step: LoopStep, from = firstKept(step)): Payload {
  const { iteration = 0, ...rest } = own(step.self.output.object);
  return Payload.assembled((to) => {
    for (let number = Math.max(1, from); number <= Number(iteration); number++) {
      const ended = endedIn(step, number);
      if (ended.length === 0) continue;
      to.open(String(number));
      for (const { referenceName, task } of ended) to.member(referenceName, task.output);
      to.close();
    }
    for (const [key, value] of Object.entries({ iteration, ...rest })) to.member(key, Payload.of(value));
  });
}

/** Outputs of the tasks that have ended in an iteration; undefined: none has. */
function entryOf(step: LoopStep, number: number): JsonObject | undefined {
  const ended = endedIn(step, number);
  if (ended.length === 0) return undefined;
  return Object.fromEntries(ended.map(({ referenceName, task }) => [referenceName, task.output.value]));
}

const endedIn = (step: LoopStep, number: number): ReturnType<LoopStep['iteration']> =>
  step.iteration(number).filter(({ task }) => task.endedAt > 0);

/** While an iteration runs, those that are kept come before it. */
function firstKept(step: LoopStep): number {
  const kept = keepLastN(step);
  return kept === undefined ? 1 : iterationOf(step) - kept;
}

/** When an iteration is done, it is one of those that are kept. */
const keptAfter = (step: LoopStep): number => firstKept(step) + (keepLastN(step) === undefined ? 0 : 1);

const outputAfter = (step: LoopStep): JsonObject => outputSoFar(step, keptAfter(step));

function keepLastN(step: LoopStep): number | undefined {
  const kept = step.self.input.object['keepLastN'];
  return typeof kept === 'number' ? kept : undefined;
}

function itemsOf(step: LoopStep): readonly Json[] | undefined {
  const { items } = step.def;
  if (items === undefined && !hasItemsInput(step.task)) return undefined;
  const given = items === undefined ? step.input().object['_items'] : step.render(items);
  if (given === undefined || given === null) return [];
  return Array.isArray(given) ? (given as readonly Json[]) : [given];
}

const itemOf = (items: readonly Json[] | undefined, number: number): JsonObject =>
  items === undefined ? {} : { loopIndex: number - 1, loopItem: items[number - 1] ?? null };

function problemOf(task: WorkflowTask, { keepLastN: kept }: JsonObject): string | undefined {
  if ((task.loopOver ?? []).length === 0)
    return `The loop ${task.taskReferenceName} has no tasks to repeat: loopOver is empty`;
  if (kept === undefined || kept === null || (Number.isInteger(kept) && Number(kept) >= 0)) return undefined;
  return `Invalid keepLastN.  Provided: ${JSON.stringify(kept)}; it must be an integer that is not negative`;
}

const hasItemsInput = ({ inputParameters }: WorkflowTask): boolean => Object.hasOwn(inputParameters, '_items');

const isGiven = (items: string | undefined): items is string => items !== undefined && items.trim() !== '';
