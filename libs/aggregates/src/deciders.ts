import { workflowDecider, type TaskKinds, type WorkflowDeciderOptions } from '@partitura/engine';
import { isWorkflowAggregate, type AggregateId, type Command, type Decider, type DomainEvent } from '@partitura/model';
import { definitionDecider } from './definition/definition-decider.ts';

/** A decider of some kind of aggregate; only itself looks into its states. */
export type AnyDecider = Decider<unknown, Command, DomainEvent>;
export type DecidersOptions = WorkflowDeciderOptions;

/** All kinds of aggregates of the product, and which of them an id belongs to. */
export interface Deciders {
  readonly workflow: AnyDecider;
  readonly definition: AnyDecider;
  deciderOf(id: AggregateId): AnyDecider;
}

export function deciders(kinds: TaskKinds, options: DecidersOptions = {}): Deciders {
  const workflow = workflowDecider(kinds, options) as AnyDecider;
  const definition = definitionDecider(kinds) as AnyDecider;
  return { workflow, definition, deciderOf: (id) => (isWorkflowAggregate(id) ? workflow : definition) };
}
