import type { DefinitionKind, Payload } from '@partitura/model';

/** Everything registered under one name of one kind. */
export interface DefinitionState {
  readonly kind: DefinitionKind;
  readonly name: string;
  /** Workflow definitions by version; others have the one entry `0`. Deleted ones are not in here. */
  readonly bodies: ReadonlyMap<number, Registered>;
  /** Keys that were registered once and deleted since, with the revision of the deletion. */
  readonly deleted: ReadonlyMap<number, number>;
}

export interface Registered {
  readonly body: Payload;
  /** Version of the aggregate at which it was put. */
  readonly revision: number;
}

/** Nothing was ever registered. */
export type MaybeDefinition = DefinitionState | undefined;

/** Definitions without versions live under this key. */
export const unversioned = 0;

export const keyOf = (version: number | undefined): number => version ?? unversioned;
