export { definitionDecider, type DefinitionDecider } from './definition/definition-decider.ts';
export { restateDefinition } from './definition/broadcast.ts';
export type { DefinitionState, MaybeDefinition } from './definition/definition-state.ts';
export { deciders, type AnyDecider, type DecidersOptions } from './deciders.ts';
export { innerState, joinDeciders } from './joined-deciders.ts';
export { readRevivalRequest, revivalTaskType, reviveTask, type RevivalRequest } from './revival-request.ts';
