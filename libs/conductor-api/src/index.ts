export { ApiError, badRequest, errorResponse, notFound, validationFailed, type Violation } from './errors/api-error.ts';
export { rejectionError, rejectionStatus } from './errors/rejection-status.ts';
export { Parameters, type RawParameters } from './request/parameters.ts';
export { Body, type Members } from './request/body.ts';
export { readStateUpdate } from './request/state-update.ts';
export { readRerunRequest, readSkipRequest } from './request/rerun-request.ts';
export { readStartByPath, readStartRequest } from './request/start-request.ts';
export { logsPerUpdateMax, readTaskUpdate, type TaskUpdate } from './request/task-update.ts';
export { TaskTemplate, TaskTemplates } from './execution/task-template.ts';
export { polledTaskText } from './execution/polled-task.ts';
export { taskLogsText, taskSummaryText, taskText } from './execution/task-json.ts';
export {
  classifierOf,
  workflowStatusText,
  workflowSummaryText,
  taskTexts,
  workflowText,
  type Rendering,
} from './execution/workflow-json.ts';
export {
  returnStrategies,
  taskRunText,
  workflowRunText,
  type ReturnStrategy,
  type RunShown,
  type Signalled,
} from './execution/signal-response.ts';
export { listText } from './execution/json-text.ts';
export { readTaskSearch, readWorkflowSearch } from './search/search-request.ts';
export { payloadText } from './execution/json-text.ts';
export { access, permissions, roles, type Permission, type Role } from './contract/access.ts';
export { operations, type OperationId } from './contract/operations.ts';
export type { Operation } from './contract/operation.ts';
export { routeSchema } from './contract/route-schema.ts';
export { schemas } from './contract/schemas.ts';
