import type { RejectionCode } from '@partitura/model';
import { ApiError } from './api-error.ts';

/**
 * What a refusal of the domain is over HTTP. Conductor answers several wrong-state operations with 500; those are 409
 * here, since clients tell only 2xx, 401, 403, 404, 405, 429 and the rest apart.
 */
export const rejectionStatus: Readonly<Record<RejectionCode, number>> = {
  WORKFLOW_NOT_FOUND: 404,
  WORKFLOW_EXISTS: 409,
  WORKFLOW_ENDED: 409,
  WORKFLOW_NOT_ENDED: 409,
  WORKFLOW_NOT_PAUSED: 409,
  WORKFLOW_QUARANTINED: 409,
  NOTHING_TO_RETRY: 409,
  TASK_NOT_FOUND: 404,
  TASK_ENDED: 409,
  STALE_DISPATCH: 409,
  DEFINITION_NOT_FOUND: 404,
  DEFINITION_EXISTS: 409,
  DEFINITION_INVALID: 400,
  IDEMPOTENCY_CONFLICT: 409,
  KEY_SPENT: 409,
  NOT_RESTARTABLE: 404,
  INVALID_STATE: 409,
  INVALID_COMMAND: 400,
  TOO_LARGE: 413,
  BUSY: 429,
  ARCHIVE_UNAVAILABLE: 503,
};

const retryAfterSeconds: Partial<Readonly<Record<RejectionCode, number>>> = { BUSY: 1, ARCHIVE_UNAVAILABLE: 5 };

/** The error of a refusal. `exceptions` are the operation's own statuses, where Conductor's differ from the table. */
export function rejectionError(
  code: string,
  reason: string,
  exceptions: Partial<Readonly<Record<RejectionCode, number>>> = {},
): ApiError {
  const known = isRejectionCode(code) ? code : undefined;
  const status = known === undefined ? 500 : (exceptions[known] ?? rejectionStatus[known]);
  const seconds = known === undefined ? undefined : retryAfterSeconds[known];
  return new ApiError(status, reason, {
    ...(seconds !== undefined && { retryAfterSeconds: seconds }),
    ...(known !== undefined && { rejected: known }),
  });
}

function isRejectionCode(code: string): code is RejectionCode {
  return Object.hasOwn(rejectionStatus, code);
}
