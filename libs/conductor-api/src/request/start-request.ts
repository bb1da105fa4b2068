import { Payload, type StartWorkflow } from '@partitura/model';
import { badRequest, noStorage, validationFailed, type Violation } from '../errors/api-error.ts';
import { Body, type Members } from './body.ts';
import type { Parameters } from './parameters.ts';

const idempotencyStrategies = ['FAIL', 'RETURN_EXISTING', 'FAIL_ON_RUNNING'] as const;

/** `StartWorkflowRequest` → the command. An inline definition is still as it was sent. */
export function readStartRequest(members: Members, operation: string): StartWorkflow {
  const body = new Body(members);
  const name = body.text('name');
  const priority = body.integer('priority') ?? 0;
  const violations: Violation[] = [];
  if (name === undefined || name === '') {
    const path = `${operation}.arg0.name`;
    violations.push({
      path,
      message: 'Workflow name cannot be null or empty',
      ...(name === '' && { invalidValue: '' }),
    });
  }
  violations.push(
    ...priorityViolations(
      priority,
      `${operation}.arg0.priority`,
      (at, bound) => `priority: ${priority} should be ${at} ${bound}`,
    ),
  );
  if (violations.length > 0) throw validationFailed(violations);
  const path = body.text('externalInputPayloadStoragePath');
  const input = body.object('input');
  if (input === null && path === undefined) throw badRequest('NULL input passed when starting workflow');
  if (path !== undefined && isNothing(input)) throw noStorage('externalInputPayloadStoragePath', 'input');
  const version = body.maybeInteger('version');
  const definition = body.object('workflowDef');
  const correlationId = body.text('correlationId');
  const idempotencyKey = body.text('idempotencyKey');
  const idempotencyStrategy = body.choice('idempotencyStrategy', idempotencyStrategies);
  return {
    type: 'StartWorkflow',
    name: name ?? '',
    ...(version !== undefined && { version }),
    ...(definition && { definition }),
    input: input ?? Payload.empty,
    ...(correlationId !== undefined && { correlationId }),
    priority,
    taskToDomain: body.texts('taskToDomain'),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    ...(idempotencyStrategy !== undefined && { idempotencyStrategy }),
    ...(path !== undefined && { externalInputPayloadStoragePath: path }),
    replyWhenEnded: false,
  };
}

const isNothing = (object: Payload | null | undefined): boolean => Object.keys(object?.object ?? {}).length === 0;

/** Start by path: the body is the input, everything else is a parameter. */
export function readStartByPath(name: string, input: Payload, query: Parameters): StartWorkflow {
  const priority = query.integer('priority', 0);
  const violations = priorityViolations(
    priority,
    'startWorkflow.arg3',
    (at, bound) => `${bound} is the ${at} priority value`,
  );
  if (violations.length > 0) throw validationFailed(violations);
  const version = query.integer('version');
  const correlationId = query.text('correlationId');
  return {
    type: 'StartWorkflow',
    name,
    ...(version !== undefined && { version }),
    input,
    ...(correlationId !== undefined && { correlationId }),
    priority,
    taskToDomain: {},
    replyWhenEnded: false,
  };
}

function priorityViolations(
  priority: number,
  path: string,
  message: (at: 'minimum' | 'maximum', bound: number) => string,
): readonly Violation[] {
  if (priority >= 0 && priority <= 99) return [];
  return [
    { path, message: priority < 0 ? message('minimum', 0) : message('maximum', 99), invalidValue: String(priority) },
  ];
}
