import { isJsonObject, Payload, type Json, type JsonObject, type StartWorkflow } from '@partitura/model';

/** The start that a task asks for; a text says what is wrong with it, in Conductor's words where it has some. */
export function startRequest(asked: Json | undefined): StartWorkflow | string {
  if (asked === undefined || asked === null) return "Missing 'startWorkflow' in input data.";
  if (!isJsonObject(asked)) return unreadable(`an object is needed, not ${JSON.stringify(asked)}`);
  const { name, version, input, correlationId, taskToDomain, workflowDef, priority } = asked;
  if (typeof name !== 'string' || name === '') {
    return "startWorkflow validation failed. 'name' -> Workflow name cannot be null or empty. ";
  }
  const number = numberOf(version);
  if (number === null) return unreadable(`version must be an integer, not ${JSON.stringify(version)}`);
  const urgency = numberOf(priority) ?? (isAbsent(priority) ? 0 : -1);
  if (urgency < 0 || urgency > 99) {
    return `startWorkflow validation failed. 'priority' -> priority: ${JSON.stringify(priority)} should be between 0 and 99. `;
  }
  if (!isAbsent(input) && !isJsonObject(input)) return unreadable('input must be an object');
  if (!isAbsent(workflowDef) && !isJsonObject(workflowDef)) return unreadable('workflowDef must be an object');
  return {
    type: 'StartWorkflow',
    name,
    ...(number !== undefined && { version: number }),
    ...(isJsonObject(workflowDef) && { definition: Payload.of(workflowDef) }),
    input: Payload.of(isJsonObject(input) ? input : {}),
    ...(typeof correlationId === 'string' && { correlationId }),
    priority: urgency,
    taskToDomain: isJsonObject(taskToDomain) ? textsOf(taskToDomain) : {},
    ...textIn(asked, 'idempotencyKey'),
    ...textIn(asked, 'idempotencyStrategy'),
    replyWhenEnded: false,
  };
}

const unreadable = (why: string): string => `Error reading StartWorkflowRequest. ${why}`;

const isAbsent = (value: Json | undefined): value is null | undefined => value === undefined || value === null;

/** Undefined: not given; null: no integer. */
function numberOf(value: Json | undefined): number | undefined | null {
  if (isAbsent(value)) return undefined;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) ? number : null;
}

const textsOf = (object: JsonObject): Record<string, string> =>
  Object.fromEntries(Object.entries(object).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));

function textIn<K extends 'idempotencyKey' | 'idempotencyStrategy'>(
  asked: JsonObject,
  key: K,
): { readonly [P in K]?: string } {
  const value = asked[key];
  return typeof value === 'string' && value !== '' ? ({ [key]: value } as { readonly [P in K]: string }) : {};
}
