import { isJsonObject, type Json, type JsonObject, type WorkflowDef } from '@partitura/model';
import {
  anything,
  filledObject,
  flag,
  int,
  listOf,
  long,
  object,
  readFields,
  text,
  texts,
  word,
  type Field,
  type Fields,
} from './field.ts';
import { carriedSchema, normalizeTaskDef } from './normalize-task-def.ts';
import { below, problem, type Problem } from './problem.ts';

/** Deeper nesting is refused: reading, numbering and showing a definition recurse over it. */
const depthMax = 50;

/** A workflow definition as it is stored: every default filled in at every level, unknown properties dropped. */
export function normalizeWorkflowDef(raw: Json, path: string, problems: Problem[], depth = 0): WorkflowDef {
  if (!isJsonObject(raw)) problems.push(problem(path, 'a workflow definition must be an object', raw));
  return readFields(isJsonObject(raw) ? raw : {}, workflowFields(depth), path, problems) as unknown as WorkflowDef;
}

const workflowFields = (depth: number): Fields => ({
  ownerApp: text(),
  createTime: long(0),
  updateTime: long(0),
  createdBy: text(),
  updatedBy: text(),
  name: text(),
  description: text(),
  version: int(1),
  tasks: taskList(depth + 1),
  inputParameters: texts([]),
  outputParameters: object({}),
  failureWorkflow: text(),
  failureWorkflowVersion: int(),
  schemaVersion: int(2),
  restartable: flag(true),
  workflowStatusListenerEnabled: flag(false),
  ownerEmail: text(),
  timeoutPolicy: word(['TIME_OUT_WF', 'ALERT_ONLY'], 'ALERT_ONLY'),
  timeoutSeconds: long(0),
  variables: object({}),
  inputTemplate: object({}),
  workflowStatusListenerSink: text(),
  rateLimitConfig: part({
    rateLimitKey: text(),
    concurrentExecLimit: int(0),
    policy: word(['QUEUE', 'REJECT'], 'QUEUE'),
  }),
  inputSchema: carriedSchema,
  outputSchema: carriedSchema,
  enforceSchema: flag(true),
  metadata: filledObject({}),
  cacheConfig: part({ key: text(), ttlInSecond: int(0) }),
  maskedFields: texts([]),
});

/** By depth: each is made once, since a dynamic fork may read a hundred thousand tasks. */
const fieldsOfTasks: Fields[] = [];
const taskFields = (depth: number): Fields => (fieldsOfTasks[depth] ??= fieldsOfTask(depth));

const fieldsOfTask = (depth: number): Fields => ({
  name: text(),
  taskReferenceName: text(),
  description: text(),
  inputParameters: object({}),
  type: text('SIMPLE'),
  dynamicTaskNameParam: text(),
  caseValueParam: text(),
  caseExpression: text(),
  scriptExpression: text(),
  decisionCases: cases(depth),
  dynamicForkJoinTasksParam: text(),
  dynamicForkTasksParam: text(),
  dynamicForkTasksInputParamName: text(),
  defaultCase: taskList(depth),
  forkTasks: listOf((value, path, problems) => taskList(depth).read(value, `${path}.<list element>`, problems), []),
  startDelay: int(0),
  subWorkflowParam: subWorkflow(depth),
  joinOn: texts([]),
  sink: text(),
  optional: flag(false),
  taskDefinition: {
    preset: undefined,
    read: (value, path, problems) =>
      value === null ? undefined : (normalizeTaskDef(value, path, problems) as unknown as JsonObject),
  },
  rateLimited: flag(),
  defaultExclusiveJoinTask: texts([]),
  asyncComplete: flag(false),
  loopCondition: text(),
  loopOver: taskList(depth),
  items: text(),
  retryCount: int(),
  evaluatorType: text(),
  expression: text(),
  joinStatus: text(),
  joinMode: word(['SYNC', 'ASYNC']),
  onStateChange: object({}),
  cacheConfig: part({ key: text(), ttlInSecond: int(0) }),
  permissive: flag(false),
  metadata: filledObject({}),
});

function part(fields: Fields): Field {
  const field = object();
  return {
    preset: undefined,
    read: (value, path, problems) => {
      const found = field.read(value, path, problems);
      return isJsonObject(found) ? readFields(found, fields, path, problems) : undefined;
    },
  };
}

function taskList(depth: number): Field {
  return listOf((value, path, problems) => readTask(value, path, problems, depth), []);
}

function readTask(value: Json, path: string, problems: Problem[], depth: number): Json | undefined {
  if (depth > depthMax) {
    problems.push(problem(path, `tasks may be nested at most ${depthMax} levels deep`));
    return undefined;
  }
  if (!isJsonObject(value)) {
    problems.push(problem(path, 'a task must be an object', value));
    return undefined;
  }
  const alias = value['workflowTaskType'];
  const raw = value['type'] === undefined && alias !== undefined ? { ...value, type: alias } : value;
  return readFields(raw, taskFields(depth + 1), path, problems);
}

function cases(depth: number): Field {
  return {
    preset: {},
    read: (value, path, problems) => {
      if (value === null) return {};
      if (!isJsonObject(value)) {
        problems.push(problem(path, 'must be an object of lists of tasks', value));
        return undefined;
      }
      const read = Object.entries(value).map(([key, list]): [string, Json] => [
        key,
        taskList(depth).read(list, `${path}[${key}].<map value>`, problems) ?? [],
      ]);
      return Object.fromEntries(read);
    },
  };
}

const subWorkflowFields: Fields = {
  name: text(),
  version: anything(),
  taskToDomain: anything(),
  workflowDefinition: anything(),
  idempotencyKey: text(),
  idempotencyStrategy: text(),
  priority: anything(),
};

function subWorkflow(depth: number): Field {
  const reference = part(subWorkflowFields);
  return {
    preset: undefined,
    read: (value, path, problems) => {
      const param = reference.read(value, path, problems);
      if (!isJsonObject(param)) return undefined;
      const inner = param['workflowDefinition'];
      if (inner === undefined) return param;
      const at = below(path, 'workflowDefinition');
      if (typeof inner === 'string') {
        if (!inner.includes('${')) {
          problems.push(problem(at, 'workflowDefinition is a string, but not a valid DSL string', inner));
        }
        return param;
      }
      const definition = normalizeWorkflowDef(inner, at, problems, depth) as unknown as JsonObject;
      const { name, version } = definition;
      return {
        ...param,
        ...(name === undefined ? {} : { name }),
        ...(version === undefined ? {} : { version }),
        workflowDefinition: definition,
      };
    },
  };
}
