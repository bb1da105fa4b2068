import { describe, expect, it } from '@jest/globals';
import { rejectionCodes } from '@partitura/model';
import { ApiError, errorResponse, validationFailed } from './api-error.ts';
import { rejectionError, rejectionStatus } from './rejection-status.ts';

describe('refusals', () => {
  it('have a status each, none of them a success or a mistake of the server', () => {
    expect(Object.keys(rejectionStatus).sort()).toEqual(Object.keys(rejectionCodes).sort());
    for (const status of Object.values(rejectionStatus))
      expect(status === 503 || (status >= 400 && status < 500)).toBe(true);
  });

  it('may be tried again only where that helps', () => {
    expect(rejectionError('BUSY', 'r').retryAfterSeconds).toBe(1);
    expect(rejectionError('ARCHIVE_UNAVAILABLE', 'r').retryAfterSeconds).toBe(5);
    expect(rejectionError('WORKFLOW_NOT_FOUND', 'r').retryAfterSeconds).toBeUndefined();
  });

  it('keep their words; an operation may have a status of its own', () => {
    expect(rejectionError('WORKFLOW_NOT_ENDED', 'still running', { WORKFLOW_NOT_ENDED: 404 })).toMatchObject({
      status: 404,
      message: 'still running',
    });
    expect(rejectionError('OF_A_NEWER_DECIDER', 'r').status).toBe(500);
  });
});

describe('an error response', () => {
  it('names the server, except where it lists violations', () => {
    expect(errorResponse(new ApiError(404, 'm'), 'host')).toEqual({
      status: 404,
      message: 'm',
      instance: 'host',
      retryable: false,
    });
    expect(errorResponse(new ApiError(503, 'm', { retryAfterSeconds: 1 }), 'host')).toMatchObject({ retryable: true });
    expect(errorResponse(validationFailed([{ path: 'p', message: 'v' }]), 'host')).toEqual({
      status: 400,
      message: 'Validation failed, check below errors for detail.',
      retryable: false,
      validationErrors: [{ path: 'p', message: 'v' }],
    });
  });
});
