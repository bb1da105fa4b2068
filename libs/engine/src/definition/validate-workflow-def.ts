import { isJsonObject, type DefinitionLookup, type WorkflowDef, type WorkflowTask } from '@partitura/model';
import { kindOf, type TaskKinds } from '../task-kinds.ts';
import { checkJoins } from './check-joins.ts';
import { checkNesting } from './check-nesting.ts';
import { checkReferences } from './check-references.ts';
import { didYouMean } from './nearest.ts';
import { below, problem, type Problem } from './problem.ts';
import { spotsOf, type Spot } from './spots.ts';

const tasksMax = 10_000;
/** Names that all joins together wait for. */
const joinedMax = 100_000;

/** What a definition is checked against. */
export interface Surroundings {
  readonly kinds: TaskKinds;
  /** The other definitions, as far as they are known. */
  readonly definitions: DefinitionLookup;
}

/**
 * What a registered workflow definition must keep, all problems at once. Where Conductor refuses the same, in its words;
 * beyond that only what could never run or end is refused.
 */
export function validateWorkflowDef(
  def: WorkflowDef,
  { kinds, definitions }: Surroundings,
  path = '',
): readonly Problem[] {
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
  const spots = spotsOf(tasks, below(path, 'tasks'));
  if (spots.length > tasksMax) return [...problems, tooMany(path)];
  if (waitsForTooMany(spots)) return [...problems, tooManyNames(path)];
  for (const spot of spots) checkTask(spot, kinds, problems);
  return [
    ...problems,
    ...checkReferences(def, spots, path),
    ...checkJoins(spots, kinds),
    ...spots.flatMap((spot) => checkInline(spot, kinds)),
    ...checkNesting(def, path, kinds, definitions),
  ];
}

function checkTask({ task, path }: Spot, kinds: TaskKinds, problems: Problem[]): void {
  checkNames(task, path, problems);
  if ((task.startDelay ?? 0) < 0) {
    problems.push(problem(below(path, 'startDelay'), 'must be greater than or equal to 0', task.startDelay));
  }
  if ((task.retryCount ?? 0) < 0) {
    problems.push(problem(below(path, 'retryCount'), 'must be greater than or equal to 0', task.retryCount));
  }
  problems.push(...checkType(task, path, kinds));
  for (const message of kinds.byType.get(task.type)?.check?.(task) ?? []) problems.push(problem(path, message));
}

function checkNames(task: WorkflowTask, path: string, problems: Problem[]): void {
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
}

const lists = ['decisionCases', 'defaultCase', 'forkTasks', 'loopOver'] as const;

/** A type that nobody knows is work for workers, which is fine, unless there are tasks inside it: they would never run. */
function checkType(task: WorkflowTask, path: string, kinds: TaskKinds): readonly Problem[] {
  const { type, name } = task;
  if (type === kinds.worker.type || kindOf(kinds, { type, name }) !== kinds.worker) return [];
  const lost = lists.filter((list) => Object.values(task[list] ?? {}).length > 0);
  if (lost.length === 0) return [];
  const hint = didYouMean(type, kinds.byType.keys());
  const why = `the type ${type} is not known here, so the tasks in ${lost.join(' and ')} would never run: correct the type, or add the plug-in that knows it${hint}`;
  return [problem(below(path, 'type'), why, type)];
}

/** A definition inside the definition is not registered: it is held to what it needs to run and to end. */
function checkInline({ task, path }: Spot, kinds: TaskKinds): readonly Problem[] {
  const inline: unknown = task.subWorkflowParam?.workflowDefinition;
  if (!isJsonObject(inline)) return [];
  const at = below(path, 'subWorkflowParam.workflowDefinition');
  const tasks = (inline as Partial<WorkflowDef>).tasks ?? [];
  const spots = spotsOf(tasks, below(at, 'tasks'));
  if (spots.length > tasksMax) return [tooMany(at)];
  if (waitsForTooMany(spots)) return [tooManyNames(at)];
  const nameless = spots
    .filter(({ task: { name, taskReferenceName } }) => isEmpty(name) || isEmpty(taskReferenceName))
    .map((spot) => problem(spot.path, 'every task needs a name and a taskReferenceName'));
  return [...nameless, ...checkJoins(spots, kinds), ...spots.flatMap((spot) => checkInline(spot, kinds))];
}

function waitsForTooMany(spots: readonly Spot[]): boolean {
  const lengthOf = (names: readonly string[] | undefined): number => names?.length ?? 0;
  let names = 0;
  for (const { task } of spots) names += lengthOf(task.joinOn) + lengthOf(task.defaultExclusiveJoinTask);
  return names > joinedMax;
}

const tooManyNames = (path: string): Problem =>
  problem(below(path, 'tasks'), `the joins of a definition may wait for at most ${joinedMax} names together`);

const tooMany = (path: string): Problem =>
  problem(
    below(path, 'tasks'),
    `a definition may have at most ${tasksMax} tasks, nested ones included: move some to a sub-workflow`,
  );

const isEmpty = (text: string | undefined): boolean => text === undefined || text === '';
