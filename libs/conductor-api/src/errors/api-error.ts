import type { Json, RejectionCode } from '@partitura/model';

/** One violated rule of a request, as Conductor's clients count and read them. */
export interface Violation {
  /** `<operation>.arg<N>` and the property below it. */
  readonly path: string;
  readonly message: string;
  /** The refused scalar as text. */
  readonly invalidValue?: string;
}

/** A request that is answered with an error status. Thrown by everything that reads a request. */
export class ApiError extends Error {
  readonly status: number;
  readonly violations: readonly Violation[];
  /** Seconds after which the same request may succeed; absent: it will not. */
  readonly retryAfterSeconds: number | undefined;
  /** A word that clients act on: SDKs log in again at `EXPIRED_TOKEN` and `INVALID_TOKEN`. */
  readonly error: string | undefined;
  /** The domain's refusal behind it, if one is; not shown. */
  readonly rejected: RejectionCode | undefined;

  constructor(
    status: number,
    message: string,
    options: {
      readonly violations?: readonly Violation[];
      readonly retryAfterSeconds?: number;
      readonly error?: string;
      readonly rejected?: RejectionCode;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ApiError';
    this.status = status;
    this.violations = options.violations ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.error = options.error;
    this.rejected = options.rejected;
  }
}

export const badRequest = (message: string): ApiError => new ApiError(400, message);
export const notFound = (message: string): ApiError => new ApiError(404, message);

/** A payload that the sender says lies elsewhere: nothing larger than what may be sent along is taken anyway. */
export const noStorage = (named: string, instead: string): ApiError =>
  badRequest(
    `${named} names a payload outside, but there is no external payload storage here: send it as ${instead}, up to 3 MiB`,
  );

/** All violations at once, under Conductor's fixed message. */
export function validationFailed(violations: readonly Violation[]): ApiError {
  return new ApiError(400, 'Validation failed, check below errors for detail.', { violations });
}

/** Conductor's `ErrorResponse`. `instance` is the server's name. */
export function errorResponse(error: ApiError, instance: string): Json {
  const { status, message, violations, retryAfterSeconds, error: word } = error;
  const retryable = retryAfterSeconds !== undefined;
  if (violations.length > 0) {
    return { status, message, retryable, validationErrors: violations.map((violation) => ({ ...violation })) };
  }
  return { status, message, instance, retryable, ...(word !== undefined && { error: word }) };
}
