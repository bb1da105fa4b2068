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
    const done = joined(step).filter(
      ({ task }) => task.endedAt > 0 && task.endedAt < step.at && isSuccessful(task.status),
    );
    return outputsOf(done);
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

interface Joined {
  readonly ref: string;
  readonly task: TaskFacts;
}

function joined(step: OpenStep<JoinDef>): readonly Joined[] {
  const found: Joined[] = [];
  for (const ref of new Set(step.self.joinOn)) {
    const task = step.find(ref);
    if (task !== undefined) found.push({ ref, task });
  }
  return found;
}

/** Failures that end the workflow by themselves never get here; what is left are those that were tolerated. */
function outcomeOf(step: OpenStep<JoinDef>): Deed {
  const all = joined(step);
  const output = outputsOf(all);
  const failed = all.filter(({ task }) => !isSuccessful(task.status) && !task.optional);
  if (failed.length > 0) {
    const status = failed.every(({ task }) => task.status === 'CANCELED') ? 'CANCELED' : 'FAILED';
    const reason = all
      .filter(({ task }) => !isSuccessful(task.status))
      .map(({ task }) => task.reason ?? 'null')
      .join(' ');
    return { do: 'finish', status, output, reason };
  }
  const flawed = all.filter(({ task }) => task.status === 'COMPLETED_WITH_ERRORS' && task.optional);
  if (flawed.length === 0) return { do: 'finish', status: 'COMPLETED', output };
  const names = flawed.map(({ task }) => `${task.taskDefName}/${task.taskId}`).join(' ');
  return { do: 'finish', status: 'COMPLETED_WITH_ERRORS', output, reason: `${names} completed with errors` };
}

/** Outputs by reference name, as they were written; empty ones leave no key. */
function outputsOf(tasks: readonly Joined[]): Payload {
  const filled = tasks.filter(({ task }) => !task.output.isEmpty);
  return Payload.ofMembers(filled.map(({ ref, task }) => [ref, task.output]));
}
