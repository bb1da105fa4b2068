import type { Step, TaskKind } from '@partitura/engine';
import { isJsonObject, Payload, type Json, type WorkflowTask } from '@partitura/model';
import { controlTask } from '../traits.ts';
import { generatedTasks } from './generated-tasks.ts';

/** A fork whose branches are made of its input, each one task long; the JOIN after it waits for all of them. */
export const forkJoinDynamicTask: TaskKind<undefined> = {
  type: 'FORK_JOIN_DYNAMIC',
  traits: { ...controlTask, knowsItsId: false, shownType: () => 'FORK' },
  check: (task) => problemsOf(task),
  parse: () => undefined,
  enter(step) {
    if (step.next?.type !== 'JOIN') {
      const reason = 'Dynamic join definition is not followed by a join task.  Check the workflow definition.';
      return { as: 'impossible', reason };
    }
    const input = step.input().object;
    const made = generatedTasks(step.task, input, prefixed(step));
    if (typeof made === 'string') return { as: 'impossible', reason: made };
    const { refs } = made;
    const seen = new Set<string>();
    const duplicate = refs.find((ref) => seen.size === seen.add(ref).size || step.isTaken(ref));
    if (duplicate !== undefined) {
      const { name, version, workflowId } = step.workflow;
      const reason = `No dynamic tasks could be created for the Workflow: ${name}.${version}/${workflowId}, Dynamic Fork Task: ${step.task.name}/${step.task.taskReferenceName} attempted to create a duplicate task reference name: ${duplicate}`;
      return { as: 'impossible', reason };
    }
    const forkedTaskDefs = refs.length > definitionsShownMax ? undefined : refs.map((_, i) => made.at(i) ?? null);
    return {
      as: 'ended',
      status: 'COMPLETED',
      input: Payload.of({ ...input, forkedTasks: refs, ...(forkedTaskDefs !== undefined && { forkedTaskDefs }) }),
      output: Payload.empty,
      then: { list: 'generated' },
    };
  },
  unfold(input, task) {
    const { forkedTasks, forkedTaskDefs } = input.object;
    if (Array.isArray(forkedTaskDefs)) return forkedTaskDefs as readonly Json[];
    const refs = Array.isArray(forkedTasks) ? (forkedTasks as readonly string[]) : [];
    const made = generatedTasks(task, input.object, (i) => refs[i] ?? '');
    return typeof made === 'string' ? [] : made;
  },
};

/** Of more tasks only the names are stored in the fork's input; what they are is made of the rest of it again. */
const definitionsShownMax = 1_000;

/** Names for the elements of a list: they begin with the fork's if another dynamic fork has run before. */
function prefixed(step: Step): (index: number, name: string) => string {
  const fork = step.hasBegun(step.task.type) ? `_${step.task.taskReferenceName}` : '';
  return (index, name) => `${fork}_${name}_${index}`;
}

function problemsOf(task: WorkflowTask): readonly string[] {
  const { name, dynamicForkTasksParam: tasks, dynamicForkTasksInputParamName: inputs } = task;
  const legacy = task.dynamicForkJoinTasksParam;
  const input: unknown = task.inputParameters;
  const hasList = isJsonObject(input) && Object.hasOwn(input, 'forkTaskInputs');
  if (legacy !== undefined && (tasks !== undefined || inputs !== undefined)) {
    return [
      `dynamicForkJoinTasksParam or combination of dynamicForkTasksInputParamName and dynamicForkTasksParam cam be used for taskType: FORK_JOIN_DYNAMIC taskName: ${name}`,
    ];
  }
  if (legacy !== undefined || hasList) return [];
  const problems: string[] = [];
  const required = (field: string): string =>
    `${field} field is required for taskType: FORK_JOIN_DYNAMIC taskName: ${name}`;
  if (tasks === undefined) problems.push(required('dynamicForkTasksParam'));
  if (inputs === undefined) problems.push(required('dynamicForkTasksInputParamName'));
  return problems;
}
