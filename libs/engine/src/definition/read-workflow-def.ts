import type { Json, WorkflowDef } from '@partitura/model';
import { normalizeWorkflowDef } from './normalize-workflow-def.ts';
import { firstProblems, type Problem } from './problem.ts';
import { validateWorkflowDef, type Surroundings } from './validate-workflow-def.ts';

/** Of a definition with more parts that cannot be read nothing else is told. */
const comparedMax = 100;

/** A definition as it is stored, and everything that is wrong with it, what cannot be read and what breaks a rule alike. */
export function readWorkflowDef(
  raw: Json,
  surroundings: Surroundings,
  path = '',
): { readonly definition: WorkflowDef; readonly problems: readonly Problem[] } {
  const unreadable: Problem[] = [];
  const definition = normalizeWorkflowDef(raw, path, unreadable);
  const broken = validateWorkflowDef(definition, surroundings, path);
  if (unreadable.length === 0) return { definition, problems: firstProblems(broken) };
  if (unreadable.length > comparedMax) return { definition, problems: firstProblems(unreadable) };
  // What could not be read is missing now, which may break rules about it and about what it is part of.
  const own = broken.filter(
    (rule) => !unreadable.some((part) => contains(rule.path, part.path) || contains(part.path, rule.path)),
  );
  return { definition, problems: firstProblems([...unreadable, ...own]) };
}

const contains = (outer: string, inner: string): boolean =>
  inner.startsWith(outer) &&
  (inner.length === outer.length || outer === '' || '.['.includes(inner[outer.length] ?? ''));
