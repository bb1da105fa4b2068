import { Fault } from '@partitura/model';

interface PostgresError extends Error {
  readonly code?: string;
}

const unavailable = new Set([
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** What a driver threw, as a fault in the words of the port. Never quotes parameters. */
export function faultOf(cause: unknown): Fault {
  if (cause instanceof Fault) return cause;
  const error: PostgresError = cause instanceof Error ? cause : new Error(String(cause));
  const code = error.code ?? '';
  // Without a code it is the driver's own complaint about its connection: ended, timed out, not queryable.
  if (code === '' || unavailable.has(code) || code.startsWith('08') || code.startsWith('53')) {
    return fault('DATABASE_UNAVAILABLE', `the database is not reachable: ${error.message}`, true, error);
  }
  if (code === '40001' || code === '40P01') return fault('DATABASE_CONFLICT', error.message, true, error);
  if (code === '57014') {
    return fault('STATEMENT_TIMEOUT', 'the statement ran longer than it may; ask for less', false, error);
  }
  if (code.startsWith('23')) return fault('DATABASE_CONSTRAINT', error.message, false, error);
  return fault('DATABASE_ERROR', `${error.message} (${code})`, false, error);
}

function fault(code: string, message: string, retryable: boolean, cause: Error): Fault {
  return new Fault(code, message, { retryable, cause });
}
