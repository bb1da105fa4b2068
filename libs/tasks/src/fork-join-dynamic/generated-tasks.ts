import { normalizeWorkflowDef, type Problem, type Unfolded } from '@partitura/engine';
import { textOf } from '@partitura/expressions';
import { isJsonObject, type Json, type JsonObject, type WorkflowTask } from '@partitura/model';

/**
 * The tasks that a dynamic fork makes of its input, with all defaults; a text says why there are none. Three forms:
 *
 * | input | tasks |
 * | --- | --- |
 * | `forkTaskInputs`: a list | one per element, all of `forkTaskName`, `forkTaskType` or `forkTaskWorkflow` |
 * | the keys that `dynamicForkTasksParam` and `dynamicForkTasksInputParamName` name | the tasks, and an input for each |
 * | the key that `dynamicForkJoinTasksParam` names | `dynamicTasks`: name, reference, input and type of each |
 *
 * @param nameOf Reference names of the elements of a list, by position and task name.
 */
export function generatedTasks(
  fork: WorkflowTask,
  input: JsonObject,
  nameOf: (index: number, name: string) => string,
): Generated | string {
  const { forkTaskInputs } = input;
  if (Array.isArray(forkTaskInputs)) return fromList(fork, input, forkTaskInputs as readonly Json[], nameOf);
  const tasks =
    fork.dynamicForkTasksParam === undefined
      ? fromLegacy(fork.dynamicForkJoinTasksParam ?? '', input)
      : fromTasks(fork, fork.dynamicForkTasksParam, input);
  if (typeof tasks === 'string') return tasks;
  return {
    refs: tasks.map(({ taskReferenceName }) => taskReferenceName),
    length: tasks.length,
    at: (index) => tasks[index] as unknown as Json | undefined,
  };
}

/** Names of all tasks; the tasks themselves one by one, since there may be very many. */
export interface Generated extends Unfolded {
  readonly refs: readonly string[];
}

/** They differ in name and input only: what they have in common is completed once. */
function fromList(
  fork: WorkflowTask,
  input: JsonObject,
  elements: readonly Json[],
  nameOf: (index: number, name: string) => string,
): Generated | string {
  const { forkTaskName, forkTaskType, forkTaskWorkflow, forkTaskWorkflowVersion: version } = input;
  const named = [forkTaskName, forkTaskType].find((name) => typeof name === 'string' && name !== '');
  const isSub = typeof forkTaskWorkflow === 'string' && forkTaskWorkflow !== '';
  const name = isSub || named === undefined ? fork.taskReferenceName : textOf(named);
  const [common] =
    complete([
      {
        name,
        taskReferenceName: fork.taskReferenceName,
        type: isSub ? 'SUB_WORKFLOW' : (forkTaskType ?? 'SIMPLE'),
        optional: fork.optional === true,
        ...(isSub && {
          subWorkflowParam: { name: forkTaskWorkflow, ...(version !== undefined && version !== null && { version }) },
        }),
      },
    ]) ?? [];
  if (common === undefined) {
    return `Input 'forkTaskInputs' is invalid. Cannot make tasks of '${textOf(input['forkTaskInputs'] ?? null)}'`;
  }
  const { subWorkflowParam } = common;
  const make = (element: Json, i: number): WorkflowTask => {
    const own = isJsonObject(element) ? element : { input: element };
    const taskToDomain = own['taskToDomain'];
    return {
      ...common,
      taskReferenceName: nameOf(i, name),
      inputParameters: { ...own, __index: i },
      ...(subWorkflowParam !== undefined &&
        isJsonObject(taskToDomain) && { subWorkflowParam: { ...subWorkflowParam, taskToDomain } }),
    };
  };
  return {
    refs: elements.map((_, i) => nameOf(i, name)),
    length: elements.length,
    at: (index) => {
      const element = elements[index];
      return element === undefined ? undefined : (make(element, index) as unknown as Json);
    },
  };
}

function fromTasks(fork: WorkflowTask, param: string, input: JsonObject): readonly WorkflowTask[] | string {
  const written = input[param] ?? null;
  const tasks = Array.isArray(written) ? complete(written as readonly Json[]) : undefined;
  if (tasks === undefined) {
    return `Input '${param}' is invalid. Cannot deserialize a list of Workflow Tasks from '${textOf(written)}'`;
  }
  const inputs = input[fork.dynamicForkTasksInputParamName ?? ''] ?? null;
  if (!isJsonObject(inputs)) {
    return `Input to the dynamically forked tasks is not a map -> expecting a map of K,V  but found ${textOf(inputs)}`;
  }
  for (const task of tasks) {
    const own = Object.hasOwn(inputs, task.taskReferenceName) ? inputs[task.taskReferenceName] : undefined;
    if (isJsonObject(own)) task.inputParameters = { ...task.inputParameters, ...own };
  }
  return tasks;
}

function fromLegacy(param: string, input: JsonObject): readonly WorkflowTask[] | string {
  const holder = input[param];
  const list = isJsonObject(holder) ? holder['dynamicTasks'] : undefined;
  const tasks = Array.isArray(list)
    ? complete(
        (list as readonly Json[]).filter(isJsonObject).map(({ taskName, referenceName, input: own, type }) => ({
          name: taskName ?? null,
          taskReferenceName: referenceName ?? null,
          inputParameters: own ?? {},
          type: type ?? 'SIMPLE',
        })),
      )
    : undefined;
  return (
    tasks ??
    `Dynamic tasks could not be created. The value of ${param} from task's input ${textOf(input)} has no dynamic tasks to be scheduled`
  );
}

/** Tasks with all defaults, fresh ones; undefined when they are none, or have no reference names. */
function complete(tasks: readonly Json[]): readonly Fresh[] | undefined {
  if (!tasks.every(isJsonObject)) return undefined;
  const problems: Problem[] = [];
  const { tasks: read } = normalizeWorkflowDef({ name: '', tasks }, '', problems);
  if (problems.length > 0) return undefined;
  const usable = read.every(
    ({ taskReferenceName, name }: Partial<WorkflowTask>) => isFilled(taskReferenceName) && isFilled(name),
  );
  return usable ? read : undefined;
}

type Fresh = { -readonly [K in keyof WorkflowTask]: WorkflowTask[K] };

const isFilled = (text: string | undefined): boolean => text !== undefined && text !== '';
