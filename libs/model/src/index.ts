export { isJsonObject, type Json, type JsonObject } from './json.ts';
export { Payload } from './payload.ts';
export type { ObjectWriter } from './object-writer.ts';
export {
  aggregateId,
  childWorkflowId,
  commandId,
  definitionAggregate,
  definitionKeyOf,
  isUserWorkflowId,
  isWorkflowAggregate,
  taskId,
  keyedWorkflowId,
  seqOfTask,
  taskIdOf,
  uuidOf,
  workflowId,
  workflowOfTask,
  type AggregateId,
  type Birth,
  type CommandId,
  type DefinitionKind,
  type TaskId,
  type WorkflowId,
} from './ids.ts';
export * from './status.ts';
export { rejection, rejectionCodes, type Rejection, type RejectionCode } from './rejection.ts';
export { Defect, Fault, invariant, unreachable } from './failure.ts';
export type * from './definitions.ts';
export type * from './commands.ts';
export type * from './events.ts';
export type * from './effects.ts';
export type * from './ended-run.ts';
export type * from './entry.ts';
export type * from './decider.ts';
export type * from './views.ts';
export type * from './search.ts';
export { tasksInOrder } from './definition-walk.ts';
