import { Ajv, type ValidateFunction } from 'ajv';
import { Payload } from '@partitura/model';
import { Malformed, quoted } from '../avro/malformed.ts';
import { jsonSchemas } from '../generated/schemas.ts';
import type { Command as PublicCommand } from '../generated/public-command.ts';
import { splitJsonObject } from '../json/check-json.ts';

interface JsonStart {
  readonly type: 'StartWorkflow';
  readonly workflowId?: string;
  readonly name: string;
  readonly version?: number;
  readonly correlationId?: string;
  readonly priority?: number;
  readonly taskToDomain?: Readonly<Record<string, string>>;
  readonly idempotencyKey?: string;
}
interface JsonResult {
  readonly type: 'TaskResult';
  readonly workflowId: string;
  readonly taskId: string;
  readonly status: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED' | 'FAILED_WITH_TERMINAL_ERROR' | 'CANCELED';
  readonly reasonForIncompletion?: string;
  readonly callbackAfterSeconds?: number;
  readonly workerId?: string;
}

/** Values that belong to the user: carried as they were written, to the digit. */
const userData = new Set(['input', 'outputData']);
const openBrace = 0x7b;

/** Reads a command that was sent as plain JSON, held against the published schema of its type. Throws {@link Malformed}. */
export type JsonCommandReader = (bytes: Uint8Array) => PublicCommand;

let compiled: JsonCommandReader | undefined;

/** The published schemas are compiled when the first reader is asked for; there is one for all. */
export function jsonCommandReader(): JsonCommandReader {
  return (compiled ??= compile());
}

function compile(): JsonCommandReader {
  const ajv = new Ajv({ allErrors: true, strict: true });
  const validators = new Map<unknown, ValidateFunction>([
    ['StartWorkflow', ajv.compile(jsonSchemas['start-workflow'])],
    ['TaskResult', ajv.compile(jsonSchemas['task-result'])],
  ]);
  const types = [...validators.keys()].join(' or ');

  return (bytes) => {
    const members = splitJsonObject(bytes);
    const fields = fieldsOf(members);
    const validate = validators.get(fields['type']);
    if (validate === undefined) throw new Malformed(`the field "type" of a JSON command must be ${types}`);
    if (!validate(fields))
      throw new Malformed(`the ${String(fields['type'])} breaks its JSON schema: ${problemsOf(validate)}`);
    const command = fields as unknown as JsonStart | JsonResult;
    return command.type === 'StartWorkflow'
      ? startOf(command, payload(members.get('input')))
      : resultOf(command, payload(members.get('outputData')));
  };
}

function problemsOf({ errors }: ValidateFunction): string {
  const problems = (errors ?? []).map(({ instancePath, message, params, keyword }) => {
    const place = instancePath === '' ? 'the command' : `the field ${instancePath.slice(1, 101)}`;
    const extra = keyword === 'additionalProperties' ? ` (${quoted(String(params['additionalProperty']))})` : '';
    return `${place} ${message ?? 'is wrong'}${extra}`;
  });
  return problems.slice(0, 10).join('; ');
}

/** Parsed fields; user data is stood in for by an empty object, or by its true value where it is none and will fail. */
function fieldsOf(members: ReadonlyMap<string, Uint8Array>): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [name, text] of members)
    fields[name] =
      userData.has(name) && text[0] === openBrace ? {} : (JSON.parse(Buffer.from(text).toString()) as unknown);
  return fields;
}

const payload = (text: Uint8Array | undefined): Payload | undefined =>
  text === undefined ? undefined : Payload.fromBytes(text);

function startOf(json: JsonStart, input: Payload | undefined): PublicCommand {
  const { type, workflowId, name, version, correlationId, priority, taskToDomain, idempotencyKey } = json;
  return {
    ...(workflowId === undefined ? {} : { workflowId }),
    sentAt: 0,
    body: {
      type,
      name,
      ...(version === undefined ? {} : { version }),
      ...(input === undefined ? {} : { input }),
      ...(correlationId === undefined ? {} : { correlationId }),
      priority: priority ?? 0,
      taskToDomain: taskToDomain ?? {},
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      replyWhenEnded: false,
    },
  };
}

function resultOf(json: JsonResult, outputData: Payload | undefined): PublicCommand {
  const { type, workflowId, taskId, status, reasonForIncompletion, callbackAfterSeconds, workerId } = json;
  return {
    workflowId,
    sentAt: 0,
    body: {
      type,
      taskId,
      status,
      ...(outputData === undefined ? {} : { outputData }),
      ...(reasonForIncompletion === undefined ? {} : { reasonForIncompletion }),
      callbackAfterSeconds: callbackAfterSeconds ?? 0,
      ...(workerId === undefined ? {} : { workerId }),
      extendLease: false,
      logs: [],
    },
  };
}
