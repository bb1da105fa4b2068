/** Names of models in `schemas.ts`. */
export type ModelName =
  | 'StartWorkflowRequest'
  | 'RerunWorkflowRequest'
  | 'SkipTaskRequest'
  | 'WorkflowTestRequest'
  | 'WorkflowStateUpdate'
  | 'CorrelationBatch'
  | 'Workflows'
  | 'ExternalStorageLocation'
  | 'EventHandler'
  | 'EnvironmentVariable'
  | 'TaskResult'
  | 'Task'
  | 'Workflow'
  | 'WorkflowStatus'
  | 'WorkflowSummaries'
  | 'Tasks'
  | 'TaskSummaries'
  | 'SignalResponse'
  | 'WorkflowDef'
  | 'WorkflowDefSummary'
  | 'TaskDef'
  | 'BulkResponse'
  | 'TaskExecLog'
  | 'PollData'
  | 'HealthStatus'
  | 'TokenRequest'
  | 'Token';

type ParameterType = 'string' | 'integer' | 'boolean' | 'list';

/** What a request's body is: a model, a list of it, any JSON object, raw text, or nothing that is looked at. */
export type BodyKind = ModelName | `${ModelName}[]` | 'object' | 'string[]' | 'raw';
/** What success is answered with; the words that are no models say the content type. */
export type AnswerKind = BodyKind | 'text' | 'maybeText' | 'integer' | 'empty' | 'noContent' | 'html';

/** One operation of the REST contract. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With `{parameters}`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly query: Readonly<Record<string, ParameterType>>;
  readonly body: BodyKind | undefined;
  readonly answer: AnswerKind;
  /** Answered with 204 where there is nothing to tell. */
  readonly orNothing: boolean;
}

type Details = Partial<Pick<Operation, 'query' | 'body' | 'answer' | 'orNothing'>>;

const operation =
  (method: Operation['method']) =>
  (
    path: string,
    tag: string,
    summary: string,
    { query = {}, body, answer = 'empty', orNothing = false }: Details = {},
  ): Operation => ({
    method,
    path,
    tag,
    summary,
    query,
    body,
    answer,
    orNothing,
  });

export const get = operation('GET');
export const post = operation('POST');
export const put = operation('PUT');
export const remove = operation('DELETE');
