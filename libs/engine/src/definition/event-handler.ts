import { isJsonObject, type EventHandlerDef, type Json } from '@partitura/model';
import { flag, int, listOf, object, readFields, text, texts, word, type Field, type Fields } from './field.ts';
import { below, problem, type Problem } from './problem.ts';

/** What happens when an event arrives; the details stand under the key of the same name. */
const eventActions = [
  'start_workflow',
  'complete_task',
  'fail_task',
  'terminate_workflow',
  'update_workflow_variables',
  'start_agent',
] as const;

const taskDetails: Fields = {
  workflowId: text(),
  taskRefName: text(),
  output: object({}),
  taskId: text(),
  reasonForIncompletion: text(),
};

const details: Readonly<Record<(typeof eventActions)[number], Fields>> = {
  start_workflow: {
    name: text(),
    version: int(),
    correlationId: text(),
    input: object({}),
    taskToDomain: object(),
  },
  complete_task: taskDetails,
  fail_task: taskDetails,
  terminate_workflow: { workflowId: text(), terminationReason: text() },
  update_workflow_variables: { workflowId: text(), variables: object(), appendArray: flag() },
  start_agent: {
    name: text(),
    version: int(),
    prompt: text(),
    sessionId: text(),
    media: texts(),
    context: object(),
    idempotencyKey: text(),
  },
};

const part = (fields: Fields): Field => ({
  preset: undefined,
  read: (value, path, problems) => {
    if (value === null) return undefined;
    if (isJsonObject(value)) return readFields(value, fields, path, problems);
    problems.push(problem(path, 'must be an object', value));
    return undefined;
  },
});

const action: Fields = {
  action: word(eventActions),
  ...Object.fromEntries(eventActions.map((name) => [name, part(details[name])])),
  expandInlineJSON: flag(false),
};

const fields: Fields = {
  name: text(),
  event: text(),
  condition: text(),
  evaluatorType: text(),
  actions: listOf((value, path, problems) => {
    if (isJsonObject(value)) return readFields(value, action, path, problems);
    problems.push(problem(path, 'an action must be an object', value));
    return undefined;
  }, []),
  active: flag(false),
};

const actionsMax = 100;

/** An event handler as it is stored: every default filled in, unknown properties dropped. */
export function normalizeEventHandler(raw: Json, path: string, problems: Problem[]): EventHandlerDef {
  if (!isJsonObject(raw)) problems.push(problem(path, 'an event handler must be an object', raw));
  return readFields(isJsonObject(raw) ? raw : {}, fields, path, problems) as unknown as EventHandlerDef;
}

/** What a registered event handler must keep; wording as Conductor's clients know it. */
export function validateEventHandler(handler: EventHandlerDef, path = ''): readonly Problem[] {
  const problems: Problem[] = [];
  const wrong = (field: string, message: string): void => void problems.push(problem(below(path, field), message));
  if (isEmpty(handler.name)) wrong('name', 'Missing event handler name');
  if (isEmpty(handler.event)) wrong('event', 'Missing event location');
  const actions = (handler.actions as EventHandlerDef['actions'] | undefined) ?? [];
  if (actions.length === 0) wrong('actions', 'No actions specified. Please specify at-least one action');
  if (actions.length > actionsMax) wrong('actions', `an event handler may have at most ${actionsMax} actions`);
  for (const [i, { action: kind }] of actions.entries()) {
    if (kind === undefined) wrong(`actions[${i}].action`, `an action must be one of ${eventActions.join(', ')}`);
  }
  return problems;
}

const isEmpty = (value: string | undefined): boolean => value === undefined || value === '';
