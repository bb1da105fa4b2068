import { Payload, type Json, type JsonObject } from '@partitura/model';

/**
 * What `${…}` can see, looked up only when an expression touches it.
 *
 * `resolve` gets the first name of a path and answers with the value behind it, or undefined when there is none:
 *
 * | name | value |
 * | --- | --- |
 * | `workflow` | `{ input, output, variables, status, workflowId, … }` |
 * | a task reference | `{ input, output, status, taskId, … }` of its newest attempt |
 * | `CPEWF_TASK_ID` | id of the task whose input is computed |
 * | `NETFLIX_ENV`, `NETFLIX_STACK` | text |
 * | `workflow.env` | all variables behind `workflow.env.*`: `{ [name]: text }` |
 *
 * The members of a value may be `Payload`s: they are parsed when a path leads through them, and not before.
 */
export interface Scope {
  resolve(root: string): unknown;
  /** Names of all task references; needed only by paths that begin with `$..` or `$.*`. */
  roots?(): Iterable<string>;
}

/** Names that must not lead anywhere, whether or not user data has such a key. */
export function isHidden(name: string): boolean {
  return name === '__proto__' || name === 'constructor' || name === 'prototype';
}

/** Lifts the value out of a payload. */
export function opened(value: unknown): unknown {
  return value instanceof Payload ? value.value : value;
}

/** A scope's value as plain JSON, all its payloads parsed. */
export function materialised(root: unknown): Json | undefined {
  const value = opened(root);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value as Json | undefined;
  const plain: Record<string, Json> = {};
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined && !isHidden(key)) plain[key] = opened(member) as Json;
  }
  return plain;
}

/** Everything a scope offers, as the document that `$` stands for. */
export function wholeDocument(scope: Scope): JsonObject {
  const document: Record<string, Json> = {};
  for (const root of ['workflow', ...(scope.roots?.() ?? [])]) {
    const value = isHidden(root) ? undefined : materialised(scope.resolve(root));
    if (value !== undefined) document[root] = value;
  }
  return document;
}
