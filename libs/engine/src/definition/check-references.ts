import type { Json, WorkflowDef, WorkflowTask } from '@partitura/model';
import { problem, type Problem } from './problem.ts';
import type { Spot } from './spots.ts';

/** Reference names: unique over all nested tasks, and known where inputs of the top level name them. */
export function checkReferences(def: WorkflowDef, spots: readonly Spot[], path: string): readonly Problem[] {
  const problems: Problem[] = [];
  const known = new Set<string>();
  for (const { task } of spots) {
    const ref = task.taskReferenceName;
    if (known.has(ref)) {
      const message = `taskReferenceName: ${ref} should be unique across tasks for a given workflowDefinition: ${def.name}`;
      problems.push(problem(path, message));
    }
    known.add(ref);
  }
  for (const task of def.tasks) {
    const input = (task.inputParameters as WorkflowTask['inputParameters'] | undefined) ?? {};
    for (const [key, value] of Object.entries(input)) checkExpressions(task, key, value, known, path, problems);
  }
  return problems;
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
