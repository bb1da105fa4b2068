import { isJsonObject, type Json, type TaskDef } from '@partitura/model';
import { flag, int, long, object, readFields, text, texts, word, type Fields } from './field.ts';
import { problem, type Problem } from './problem.ts';

const schemaDef: Fields = {
  ownerApp: text(),
  createTime: long(0),
  updateTime: long(0),
  createdBy: text(),
  updatedBy: text(),
  name: text(),
  version: int(1),
  type: word(['JSON', 'AVRO', 'PROTOBUF']),
  data: object(),
  externalRef: text(),
};

/** A schema that a definition carries along; it is stored and shown, never enforced. */
export const carriedSchema = {
  preset: undefined,
  read: (value: Json, path: string, problems: Problem[]): Json | undefined => {
    if (value === null) return undefined;
    if (isJsonObject(value)) return readFields(value, schemaDef, path, problems);
    problems.push(problem(path, 'must be an object', value));
    return undefined;
  },
};

const fields: Fields = {
  ownerApp: text(),
  createTime: long(0),
  updateTime: long(0),
  createdBy: text(),
  updatedBy: text(),
  name: text(),
  description: text(),
  retryCount: int(3, 0),
  timeoutSeconds: long(0),
  inputKeys: texts([]),
  outputKeys: texts([]),
  runtimeMetadata: texts([]),
  timeoutPolicy: word(['RETRY', 'TIME_OUT_WF', 'ALERT_ONLY'], 'TIME_OUT_WF'),
  retryLogic: word(['FIXED', 'EXPONENTIAL_BACKOFF', 'LINEAR_BACKOFF'], 'FIXED'),
  retryDelaySeconds: int(60, 0),
  responseTimeoutSeconds: long(3600),
  concurrentExecLimit: int(),
  inputTemplate: object({}),
  rateLimitPerFrequency: int(0),
  rateLimitFrequencyInSeconds: int(1),
  isolationGroupId: text(),
  executionNameSpace: text(),
  ownerEmail: text(),
  pollTimeoutSeconds: int(),
  backoffScaleFactor: int(1),
  maxRetryDelaySeconds: int(0),
  backoffJitterMs: int(0),
  baseType: text(),
  totalTimeoutSeconds: long(0),
  taskStatusListenerEnabled: flag(true),
  inputSchema: carriedSchema,
  outputSchema: carriedSchema,
  enforceSchema: flag(false),
};

/** A task definition as it is stored: every default filled in, unknown properties dropped. */
export function normalizeTaskDef(raw: Json, path: string, problems: Problem[]): TaskDef {
  if (!isJsonObject(raw)) problems.push(problem(path, 'a task definition must be an object', raw));
  return readFields(isJsonObject(raw) ? raw : {}, fields, path, problems) as unknown as TaskDef;
}
