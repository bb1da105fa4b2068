import type { Deed, OpenStep, Step, TaskFacts, TaskKind } from '@partitura/engine';
import { isSuccessful, Payload, type WorkflowTask } from '@partitura/model';
import { controlTask } from '../traits.ts';

interface JoinDef {
  readonly joinOn: readonly string[];
  readonly input: Payload;
}

/** Waits until all tasks that it names are decided, and collects their outputs. */
export const joinTask: TaskKind<JoinDef> = {
  type: 'JOIN',
  traits: { ...controlTask, reopens: true },
  waitsFor: ({ joinOn = [] }, previous) => ({ names: isGenerating(previous) ? [] : joinOn, until: 'all' }),
  parse: ({ joinOn = [] }) => ({ joinOn, input: Payload.of({ joinOn }) }),
  enter(step) {
    const forked = generatedBefore(step);
    if (forked === undefined) return { as: 'joining', input: step.def.input, on: step.def.joinOn };
    return { as: 'joining', input: Payload.of({ ...step.input().object, joinOn: forked }), on: forked };
  },
  wake(step, signal) {
    return signal.kind === 'joined' ? [outcomeOf(step)] : [];
  },
  rewind: () => Payload.empty,
  /** What had been collected before the decision that cancels it. */
  abandon(step) {
    return outputsOf(step, ({ endedAt, status }) => endedAt > 0 && endedAt < step.at && isSuccessful(status));
  },
};

/** After a dynamic fork a JOIN waits for what that generated, whatever the definition says. */
function generatedBefore(step: Step<JoinDef>): readonly string[] | undefined {
  const { previous } = step;
  if (previous === undefined || !isGenerating(previous)) return undefined;
  const forked = step.find(previous.taskReferenceName)?.input.object['forkedTasks'];
  return Array.isArray(forked) ? (forked as readonly string[]) : [];
}

const isGenerating = (previous: WorkflowTask | undefined): boolean => previous?.type === 'FORK_JOIN_DYNAMIC';

/** Failures that end the workflow by themselves never get here; what is left are those that were tolerated. */
function outcomeOf(step: OpenStep<JoinDef>): Deed {
  const flawed: TaskFacts[] = [];
  const output = outputsOf(step, (task) => {
    if (task.status !== 'COMPLETED') flawed.push(task);
    return true;
  });
  const failed = flawed.filter(({ status }) => !isSuccessful(status));
  const blamed = failed.filter(({ optional }) => !optional);
  if (blamed.length > 0) {
    const status = blamed.every((task) => task.status === 'CANCELED') ? 'CANCELED' : 'FAILED';
    return { do: 'finish', status, output, reason: told(failed.map(({ reason }) => reason ?? 'null')) };
  }
  const withErrors = flawed.filter(({ status, optional }) => status === 'COMPLETED_WITH_ERRORS' && optional);
  if (withErrors.length === 0) return { do: 'finish', status: 'COMPLETED', output };
  const names = told(withErrors.map(({ taskDefName, taskId }) => `${taskDefName}/${taskId}`));
  return { do: 'finish', status: 'COMPLETED_WITH_ERRORS', output, reason: `${names} completed with errors` };
}

/** More of them than a reason can hold. */
const told = (words: readonly string[]): string => words.slice(0, 500).join(' ');

/** Outputs by reference name, as they were written; empty ones leave no key. In one go, since there may be very many. */
function outputsOf(step: OpenStep<JoinDef>, counts: (task: TaskFacts) => boolean): Payload {
  return Payload.assembled((to) => {
    step.findEach(step.self.joinOn, (task, ref) => {
      if (counts(task) && !task.output.isEmpty) to.member(ref, task.output);
    });
  });
}
