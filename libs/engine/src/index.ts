export { workflowDecider, type WorkflowDecider, type WorkflowDeciderOptions } from './workflow-decider.ts';
export type { WorkflowState } from './state/workflow-state.ts';
export type { Environment } from './settle/scope.ts';
export { taskKindsOf, kindOf, type TaskKinds } from './task-kinds.ts';
export type {
  ChildSpec,
  Deed,
  Entry,
  Inside,
  OpenStep,
  Signal,
  Step,
  TaskFacts,
  TaskKind,
  Traits,
  Unfolded,
  WorkflowFacts,
} from './task-kind.ts';
export { normalizeTaskDef } from './definition/normalize-task-def.ts';
export { validateTaskDef } from './definition/validate-task-def.ts';
export { normalizeWorkflowDef } from './definition/normalize-workflow-def.ts';
export { readWorkflowDef } from './definition/read-workflow-def.ts';
export type { Surroundings } from './definition/validate-workflow-def.ts';
export { normalizeEventHandler, validateEventHandler } from './definition/event-handler.ts';
export { pinDefinition, adHocTaskDef } from './definition/pin-definition.ts';
export type { Problem } from './definition/problem.ts';
export { tooLargeForVariables } from './limits.ts';
export { contentHash } from './content-hash.ts';
export { Library } from './graph/library.ts';
export { compileDefinition } from './graph/compile-definition.ts';
export type { Graph, Node } from './graph/graph.ts';
