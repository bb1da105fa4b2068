import { tasksInOrder, type Json, type WorkflowDef, type WorkflowTask } from '@partitura/model';
import type { TaskKinds } from '../task-kinds.ts';
import { below, problem, type Problem } from './problem.ts';

const tasksMax = 10_000;

/** What a registered workflow definition must keep; wording as Conductor's clients know it. All problems at once. */
export function validateWorkflowDef(def: WorkflowDef, kinds: TaskKinds, path = ''): readonly Problem[] {
  const problems: Problem[] = [];
  if (isEmpty(def.name))
    problems.push(problem(below(path, 'name'), 'WorkflowDef name cannot be null or empty', def.name));
  if (def.schemaVersion !== 2) {
    const at = below(path, 'schemaVersion');
    problems.push(problem(at, 'workflowDef schemaVersion: 2 is only supported', def.schemaVersion));
  }
  const tasks = def.tasks as readonly WorkflowTask[] | undefined;
  if (tasks === undefined || tasks.length === 0) {
    problems.push(problem(below(path, 'tasks'), 'WorkflowTask list cannot be empty'));
    return problems;
  }
  const all = tasksInOrder(def);
  if (all.length > tasksMax) {
    problems.push(
      problem(below(path, 'tasks'), `a definition may have at most ${tasksMax} tasks, nested ones included`),
    );
    return problems;
  }
  checkTasks(tasks, below(path, 'tasks'), kinds, problems);
  checkReferences(def, all, path, problems);
  return problems;
}

function checkTasks(tasks: readonly WorkflowTask[], path: string, kinds: TaskKinds, problems: Problem[]): void {
  for (const [i, task] of tasks.entries()) {
    const at = `${path}[${i}]`;
    checkTask(task, at, kinds, problems);
    for (const [key, list] of Object.entries(task.decisionCases ?? {})) {
      checkTasks(list, `${at}.decisionCases[${key}].<map value>`, kinds, problems);
    }
    checkTasks(task.defaultCase ?? [], `${at}.defaultCase`, kinds, problems);
    for (const [b, list] of (task.forkTasks ?? []).entries()) {
      checkTasks(list, `${at}.forkTasks[${b}].<list element>`, kinds, problems);
    }
    checkTasks(task.loopOver ?? [], `${at}.loopOver`, kinds, problems);
  }
}

function checkTask(task: WorkflowTask, path: string, kinds: TaskKinds, problems: Problem[]): void {
  if (isEmpty(task.taskReferenceName)) {
    const message = 'WorkflowTask taskReferenceName name cannot be empty or null';
    problems.push(problem(below(path, 'taskReferenceName'), message, task.taskReferenceName));
  } else if (/__\d+$/.test(task.taskReferenceName)) {
    const message = `taskReferenceName: ${task.taskReferenceName} ends like the name of an iteration: two underscores and a number`;
    problems.push(problem(below(path, 'taskReferenceName'), message, task.taskReferenceName));
  }
  if (isEmpty(task.name)) {
    problems.push(problem(below(path, 'name'), 'WorkflowTask name cannot be empty or null', task.name));
  }
  if ((task.startDelay ?? 0) < 0) {
    problems.push(problem(below(path, 'startDelay'), 'must be greater than or equal to 0', task.startDelay));
  }
  if ((task.retryCount ?? 0) < 0) {
    problems.push(problem(below(path, 'retryCount'), 'must be greater than or equal to 0', task.retryCount));
  }
  for (const message of kinds.byType.get(task.type)?.check?.(task) ?? []) problems.push(problem(path, message));
}

/** Reference names: unique over all nested tasks, and known where top-level inputs name them. */
function checkReferences(def: WorkflowDef, all: readonly WorkflowTask[], path: string, problems: Problem[]): void {
  const known = new Set<string>();
  for (const task of all) {
    const ref = task.taskReferenceName;
    if (known.has(ref)) {
      const message = `taskReferenceName: ${ref} should be unique across tasks for a given workflowDefinition: ${def.name}`;
      problems.push(problem(path, message));
    }
    known.add(ref);
  }
  for (const task of def.tasks) {
    for (const [key, value] of Object.entries(
      (task.inputParameters as WorkflowTask['inputParameters'] | undefined) ?? {},
    )) {
      checkExpressions(task, key, value, known, path, problems);
    }
  }
}

const builtIn = new Set(['workflow', 'CPEWF_TASK_ID', 'NETFLIX_ENV', 'NETFLIX_STACK']);

function checkExpressions(
  task: WorkflowTask,
  key: string,
  value: Json,
  known: ReadonlySet<string>,
  path: string,
  problems: Problem[],
): void {
  if (typeof value === 'string') {
    for (const expression of spans(value)) {
      if (expression === '' || /\s/.test(expression)) {
        problems.push(problem(path, `key: ${key} input parameter value: ${expression} is not valid`));
        continue;
      }
      const root = /^[^.[$]*/.exec(expression)?.[0] ?? '';
      if (root === '' || builtIn.has(root) || known.has(root)) continue;
      problems.push(
        problem(
          path,
          `taskReferenceName: ${root} for given task: ${task.name} input value: ${key} of input parameter: \${${expression}} is not defined in workflow definition.`,
        ),
      );
    }
  } else if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) checkExpressions(task, key, item, known, path, problems);
  } else if (value !== null && typeof value === 'object') {
    for (const [inner, item] of Object.entries(value)) checkExpressions(task, inner, item, known, path, problems);
  }
}

/** The innermost `${…}` of a text that are not escaped. */
function spans(text: string): readonly string[] {
  return [...text.matchAll(/(?<!\$)\$\{([^${}]*)\}/g)].map((match) => match[1] ?? '');
}

const isEmpty = (text: string | undefined): boolean => text === undefined || text === '';
