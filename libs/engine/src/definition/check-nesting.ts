import { isJsonObject, type DefinitionLookup, type WorkflowDef, type WorkflowTask } from '@partitura/model';
import { kindOf, type TaskKinds } from '../task-kinds.ts';
import { isStaticName } from './pin-definition.ts';
import { below, problem, type Problem } from './problem.ts';
import { spotsOf } from './spots.ts';

/** A child that every run starts, unless it fails before. */
interface CertainChild {
  readonly name: string;
  /** Absent: the latest. */
  readonly version: number | undefined;
  readonly path: string;
}

/** So many definitions are looked through at most. */
const definitionsMax = 1_000;

/**
 * Sub-workflows that lead back to the definition on a way that no choice can leave: every run would start another one,
 * without end. Recursion behind a choice, in a loop, or as an optional task is fine.
 */
export function checkNesting(
  def: WorkflowDef,
  path: string,
  kinds: TaskKinds,
  lookup: DefinitionLookup,
): readonly Problem[] {
  const isSelf = ({ name, version }: CertainChild): boolean =>
    name === def.name && (version ?? Math.max(lookup.latestVersion(name) ?? 0, def.version)) === def.version;
  const seen = new Set<string>();

  /** Names on the way back to the definition. */
  const wayBack = (child: CertainChild): readonly string[] | undefined => {
    if (isSelf(child)) return [child.name];
    const key = `${child.version ?? ''} ${child.name}`;
    if (seen.has(key) || seen.size >= definitionsMax) return undefined;
    seen.add(key);
    const body = lookup.workflow(child.name, child.version)?.object as unknown as WorkflowDef | undefined;
    for (const next of body === undefined ? [] : certainChildren(body, '', kinds)) {
      const way = wayBack(next);
      if (way !== undefined) return [child.name, ...way];
    }
    return undefined;
  };

  return certainChildren(def, path, kinds).flatMap((child) => {
    const way = wayBack(child);
    if (way === undefined) return [];
    const names = [def.name, ...way].join(' → ');
    const why = `every run would start another one without end (${names}): put the sub-workflow behind a SWITCH that ends the recursion`;
    return [problem(below(child.path, 'subWorkflowParam'), why)];
  });
}

function certainChildren(def: Pick<WorkflowDef, 'tasks'>, path: string, kinds: TaskKinds): readonly CertainChild[] {
  const spots = spotsOf(def.tasks, below(path, 'tasks'));
  // A workflow that can end itself may do so before.
  if (spots.some(({ task }) => kindOf(kinds, task).traits.endsFlow)) return [];
  return spots.flatMap(({ task, path: at, around }) => {
    const { subWorkflowParam: param, optional } = task;
    if (param === undefined || optional === true) return [];
    for (let outer = around; outer !== undefined; outer = outer.spot.around) if (outer.list !== 'branch') return [];
    const inner: unknown = param.workflowDefinition;
    if (isJsonObject(inner)) {
      const within = below(at, 'subWorkflowParam.workflowDefinition');
      return certainChildren(inner as unknown as { tasks: readonly WorkflowTask[] }, within, kinds);
    }
    return inner === undefined && isStaticName(param.name) ? [{ name: param.name, ...versionOf(param), path: at }] : [];
  });
}

function versionOf({ version }: NonNullable<WorkflowTask['subWorkflowParam']>): Pick<CertainChild, 'version'> {
  const number = Number(version ?? 0);
  // What is computed cannot be known; no definition has such a version.
  if (Number.isNaN(number)) return { version: -1 };
  return { version: number > 0 ? number : undefined };
}
