import type { TaskDef } from '@partitura/model';
import { below, problem, type Problem } from './problem.ts';

/** What a registered task definition must keep; wording as Conductor's clients know it. */
export function validateTaskDef(def: TaskDef, path = ''): readonly Problem[] {
  const problems: Problem[] = [];
  const wrong = (field: keyof TaskDef & string, message: string): void => {
    problems.push(problem(below(path, field), message, def[field]));
  };
  const atLeastZero = ['retryCount', 'pollTimeoutSeconds', 'maxRetryDelaySeconds', 'backoffJitterMs'] as const;

  if (isBlank(def.name)) wrong('name', 'TaskDef name cannot be null or empty');
  for (const field of [...atLeastZero, 'totalTimeoutSeconds'] as const) {
    if ((def[field] ?? 0) < 0) wrong(field, `TaskDef ${field}: 0 must be >= 0`);
  }
  if (def.backoffScaleFactor < 1) wrong('backoffScaleFactor', 'Backoff scale factor. Applicable for LINEAR_BACKOFF');
  if (def.responseTimeoutSeconds < 1) {
    wrong(
      'responseTimeoutSeconds',
      `TaskDef responseTimeoutSeconds: ${def.responseTimeoutSeconds} should be minimum 1 second`,
    );
  }
  if (def.timeoutSeconds > 0 && def.responseTimeoutSeconds > def.timeoutSeconds) {
    problems.push(
      problem(
        path,
        `TaskDef: ${def.name} responseTimeoutSeconds: ${def.responseTimeoutSeconds} must be less than timeoutSeconds: ${def.timeoutSeconds}`,
      ),
    );
  }
  if (def.timeoutSeconds > 0 && def.totalTimeoutSeconds > 0 && def.timeoutSeconds > def.totalTimeoutSeconds) {
    problems.push(
      problem(
        path,
        `TaskDef: ${def.name} timeoutSeconds: ${def.timeoutSeconds} must be less than or equal to totalTimeoutSeconds: ${def.totalTimeoutSeconds}`,
      ),
    );
  }
  return problems;
}

const isBlank = (text: string | undefined): boolean => text === undefined || text.trim() === '';
