import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigError } from '@partitura/config';
import type { TaskKinds } from '@partitura/engine';
import { taskKindsWith } from '@partitura/tasks';
import type { TaskKindPlugIn } from '@partitura/tasks/executors';

export interface PlugIns {
  readonly taskKinds: TaskKinds;
  readonly loaded: readonly TaskKindPlugIn[];
}

/**
 * Loads modules that add task kinds: a path that begins with `.` or `/`, seen from the working directory, or a package
 * installed there. Their code is trusted like our own. Rejects with `ConfigError` that names all that is wrong.
 */
export async function loadPlugIns(names: readonly string[]): Promise<PlugIns> {
  const problems: string[] = [];
  const loaded: TaskKindPlugIn[] = [];
  for (const name of names) {
    try {
      const module = (await import(urlOf(name))) as { readonly plugIn?: unknown };
      if (isPlugIn(module.plugIn)) loaded.push(module.plugIn);
      else problems.push(`${name} exports no plugIn with a list of kinds, a function executors, or both`);
    } catch (error) {
      problems.push(`${name} of PARTITURA_TASK_KINDS cannot be loaded: ${error instanceof Error ? error.message : ''}`);
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  try {
    return { taskKinds: taskKindsWith(loaded.flatMap(({ kinds = [] }) => kinds)), loaded };
  } catch (error) {
    if (error instanceof RangeError) throw new ConfigError([`PARTITURA_TASK_KINDS: ${error.message}`]);
    throw error;
  }
}

function urlOf(name: string): string {
  const isPath = name.startsWith('.') || name.startsWith('/');
  const path = isPath ? resolve(name) : createRequire(join(process.cwd(), 'package.json')).resolve(name);
  return pathToFileURL(path).href;
}

function isPlugIn(value: unknown): value is TaskKindPlugIn {
  if (typeof value !== 'object' || value === null) return false;
  const { kinds, executors } = value as Record<string, unknown>;
  if (kinds === undefined && executors === undefined) return false;
  if (executors !== undefined && typeof executors !== 'function') return false;
  return kinds === undefined || (Array.isArray(kinds) && kinds.every(isKind));
}

function isKind(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { type, traits, parse, enter } = value as Record<string, unknown>;
  const named = typeof type === 'string' && /^[A-Za-z][A-Za-z0-9_]{0,99}$/.test(type);
  return named && typeof traits === 'object' && typeof parse === 'function' && typeof enter === 'function';
}
