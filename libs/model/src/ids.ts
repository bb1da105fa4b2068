declare const brand: unique symbol;
/** Brands are objects, so that a type may have two of them: conflicting literals would make it `never`. */
type Branded<T, B extends string> = T & { readonly [brand]: { readonly [K in B]: true } };

/** Names the unit of consistency: a workflow id, or `$kind/...` for every other kind of aggregate. */
export type AggregateId = Branded<string, 'AggregateId'>;
export type WorkflowId = Branded<AggregateId, 'WorkflowId'>;
/** One attempt of one task of one run. Contains the id of its workflow: see {@link taskIdOf}. */
export type TaskId = Branded<string, 'TaskId'>;
/** Chosen by the sender of a command; a repeat with the same id is answered, not applied again. */
export type CommandId = Branded<string, 'CommandId'>;

export const aggregateId = (text: string): AggregateId => text as AggregateId;
export const workflowId = (text: string): WorkflowId => text as WorkflowId;
export const taskId = (text: string): TaskId => text as TaskId;
export const commandId = (text: string): CommandId => text as CommandId;

const userWorkflowId = /^[A-Za-z0-9][A-Za-z0-9._:@+=-]{0,127}$/;

/** Whether a person or program outside may use this text as the id of a workflow. */
export function isUserWorkflowId(text: string): boolean {
  return userWorkflowId.test(text);
}

/** Ids of aggregates that are not workflows begin with `$`. */
export function isWorkflowAggregate(id: AggregateId): id is WorkflowId {
  return id.charCodeAt(0) !== 36;
}

export type DefinitionKind = 'workflow' | 'task' | 'eventHandler' | 'webhook';

export function definitionAggregate(kind: DefinitionKind, name: string): AggregateId {
  return `$definition/${kind}/${name}` as AggregateId;
}

/** Under which one definition is broadcast, and found in a copy of the broadcast. */
export function definitionKeyOf(kind: DefinitionKind, name: string, version: number | undefined): string {
  return version === undefined ? `${kind}/${name}` : `${kind}/${name}/${version}`;
}

/** Where in a history an identity was born: it makes ids fresh by construction, whatever the names say. */
export interface Birth {
  readonly workflowId: WorkflowId;
  /** Index of the entry that started this history (outsiders may reuse a workflow id). */
  readonly startIndex: number;
  /** Version of the entry that creates the identity. */
  readonly version: number;
  /** Counts identities within that entry. */
  readonly ordinal: number;
}

/** Id of a task attempt: `<workflow id>~<start>.<version>.<ordinal>`, numbers in base 36. */
export function taskIdOf(birth: Birth): TaskId {
  return `${birth.workflowId}~${birth.startIndex.toString(36)}.${birth.version.toString(36)}.${birth.ordinal.toString(36)}` as TaskId;
}

/** The workflow that a task id belongs to, or undefined when the text is no task id of ours. */
export function workflowOfTask(id: string): WorkflowId | undefined {
  const cut = id.lastIndexOf('~');
  return cut > 0 ? (id.slice(0, cut) as WorkflowId) : undefined;
}

/** The number of a task attempt within its run: the ordinal of its birth. */
export function seqOfTask(id: TaskId | string): number {
  return parseInt(id.slice(id.lastIndexOf('.') + 1), 36);
}

/** Id of a child workflow: a UUID made from its birth, so its length does not grow with nesting. */
export function childWorkflowId(birth: Birth): WorkflowId {
  return uuidOf(taskIdOf(birth)) as WorkflowId;
}

/**
 * The id that starts of this workflow with this idempotency key mean, wherever they come from.
 *
 * @param generation 0, and one more whenever a key is used again after the run before it has ended.
 */
export function keyedWorkflowId(name: string, idempotencyKey: string, generation = 0): WorkflowId {
  const parts = ['start', name, idempotencyKey, ...(generation > 0 ? [generation] : [])];
  return uuidOf(JSON.stringify(parts)) as WorkflowId;
}

/** A UUID (version 8) that is a function of the text; the same text always gives the same id. */
export function uuidOf(text: string): string {
  const words = [0x9747b28c, 0x1b873593, 0x2545f491, 0x7feb352d].map((seed) => mix(text, seed));
  words[1] = ((words[1] ?? 0) & 0xffff0fff) | 0x8000;
  words[2] = ((words[2] ?? 0) & 0x3fffffff) | 0x80000000;
  const hex = words.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** MurmurHash3 (32 bit) over UTF-16 code units: well mixed, no dependency, not for secrets. */
function mix(text: string, seed: number): number {
  let h = seed;
  for (let i = 0; i < text.length; i++) {
    let k = Math.imul(text.charCodeAt(i), 0xcc9e2d51);
    k = (k << 15) | (k >>> 17);
    h ^= Math.imul(k, 0x1b873593);
    h = (h << 13) | (h >>> 19);
    h = (Math.imul(h, 5) + 0xe6546b64) | 0;
  }
  h ^= text.length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
