import type { TaskKind } from '@partitura/engine';
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
    const made = generatedTasks(step.task, input, step.hasBegun(step.task.type));
    if (typeof made === 'string') return { as: 'impossible', reason: made };
    const refs = made.map(({ taskReferenceName }) => taskReferenceName);
    const seen = new Set<string>();
    const duplicate = refs.find((ref) => seen.size === seen.add(ref).size || step.isTaken(ref));
    if (duplicate !== undefined) {
      const { name, version, workflowId } = step.workflow;
      const reason = `No dynamic tasks could be created for the Workflow: ${name}.${version}/${workflowId}, Dynamic Fork Task: ${step.task.name}/${step.task.taskReferenceName} attempted to create a duplicate task reference name: ${duplicate}`;
      return { as: 'impossible', reason };
    }
    return {
      as: 'ended',
      status: 'COMPLETED',
      input: Payload.of({ ...input, forkedTasks: refs, forkedTaskDefs: made as unknown as readonly Json[] }),
      output: Payload.empty,
      then: { list: 'generated' },
    };
  },
  unfold(input) {
    const tasks = input.object['forkedTaskDefs'];
    return Array.isArray(tasks) ? (tasks as readonly Json[]) : [];
  },
};

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
