import type { PathFunction } from './functions.ts';
import type { Test } from './filter.ts';

/** One step of a path. */
export type Segment =
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  /** `['a','b']` at the end: one object with those members. */
  | { readonly kind: 'pick'; readonly names: readonly string[] }
  /** `['a','b']` before further steps: each of them. */
  | { readonly kind: 'members'; readonly names: readonly string[] }
  | { readonly kind: 'indexes'; readonly indexes: readonly number[] }
  | { readonly kind: 'slice'; readonly from: number | undefined; readonly to: number | undefined }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'descent' }
  | { readonly kind: 'filter'; readonly test: Test };

export interface Path {
  readonly segments: readonly Segment[];
  /** At most one value can match; otherwise the result is a list. */
  readonly definite: boolean;
  readonly apply?: PathFunction;
}

/** A path that cannot be read. Conductor answers null for it. */
export class InvalidPath extends Error {
  /** Conductor would understand it, we do not. */
  readonly unsupported: boolean;

  constructor(message: string, options: { unsupported: boolean } = { unsupported: false }) {
    super(message);
    this.name = 'InvalidPath';
    this.unsupported = options.unsupported;
  }
}
