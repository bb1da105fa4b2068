import { badRequest } from '@partitura/conductor-api';
import { isJsonObject, Payload, type Json, type JsonObject, type ReportableStatus } from '@partitura/model';

/** What a task of a test run is said to have ended with. */
export interface MockOutcome {
  readonly status: ReportableStatus;
  readonly output: Payload;
}

/** Outcomes by reference name, those of children below them. */
export interface Mocks {
  readonly outcomes: ReadonlyMap<string, readonly MockOutcome[]>;
  readonly children: ReadonlyMap<string, Mocks>;
}

const nestingMax = 10;
const statuses: ReadonlyMap<string, ReportableStatus> = new Map<string, ReportableStatus>([
  ['COMPLETED', 'COMPLETED'],
  ['COMPLETED_WITH_ERRORS', 'COMPLETED'],
  ['IN_PROGRESS', 'IN_PROGRESS'],
  ['FAILED', 'FAILED'],
  ['FAILED_WITH_TERMINAL_ERROR', 'FAILED_WITH_TERMINAL_ERROR'],
  ['TIMED_OUT', 'FAILED'],
  ['CANCELED', 'CANCELED'],
]);

/** `taskRefToMockOutput` and `subWorkflowTestRequest` of a test request. */
export function readMocks(request: JsonObject, path = '', nesting = 0): Mocks {
  if (nesting > nestingMax) throw badRequest(`sub-workflows of a test are mocked at most ${nestingMax} levels deep`);
  const outcomes = entriesOf(request, 'taskRefToMockOutput', path).map(([ref, list]) => {
    const at = `${path}taskRefToMockOutput.${ref}`;
    if (!Array.isArray(list)) throw badRequest(`JSON parse error: ${at} must be a list of outputs`);
    return [ref, (list as readonly Json[]).map((mock, i) => readMock(mock, `${at}[${i}]`))] as const;
  });
  const children = entriesOf(request, 'subWorkflowTestRequest', path).map(([ref, child]) => {
    const at = `${path}subWorkflowTestRequest.${ref}`;
    if (!isJsonObject(child)) throw badRequest(`JSON parse error: ${at} must be a test request`);
    return [ref, readMocks(child, `${at}.`, nesting + 1)] as const;
  });
  return { outcomes: new Map(outcomes), children: new Map(children) };
}

function entriesOf(request: JsonObject, name: string, path: string): readonly (readonly [string, Json])[] {
  const value = Object.hasOwn(request, name) ? request[name] : undefined;
  if (value === undefined || value === null) return [];
  if (!isJsonObject(value)) throw badRequest(`JSON parse error: ${path}${name} must be an object`);
  return Object.entries(value);
}

function readMock(mock: Json, path: string): MockOutcome {
  if (!isJsonObject(mock)) throw badRequest(`JSON parse error: ${path} must be an object`);
  const { status = 'COMPLETED', output = null } = mock;
  const known = typeof status === 'string' ? statuses.get(status) : undefined;
  if (known === undefined) {
    throw badRequest(`JSON parse error: ${path}.status must be one of ${[...statuses.keys()].join(', ')}`);
  }
  if (output !== null && !isJsonObject(output)) throw badRequest(`JSON parse error: ${path}.output must be an object`);
  return { status: known, output: output === null ? Payload.empty : Payload.of(output) };
}
