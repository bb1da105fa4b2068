import { resolveSecrets, type SecretLookup } from '@partitura/expressions';
import { isJsonObject, Payload, type Json, type TaskRecord } from '@partitura/model';
import type { TaskOutcome } from './task-outcome.ts';

const reference = Buffer.from('${workflow.secrets.');

/** A task with secrets put in, for the attempt alone, and a way to keep them out of what is said about a failure. */
export interface Confidential {
  readonly task: TaskRecord;
  /** The outcome as it may be stored: in that of a failure each secret is `***`. A result is the handler's own word. */
  hide(outcome: TaskOutcome): TaskOutcome;
}

/** Throws `RenderLimitExceeded` when the input grows beyond sense. */
export function confidential(task: TaskRecord, secrets: SecretLookup): Confidential {
  const { bytes } = task.input;
  if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(reference))
    return { task, hide: (outcome) => outcome };
  const used = new Set<string>();
  const input = resolveSecrets(task.input.value, (name) => {
    const secret = secrets(name);
    if (secret !== undefined && secret !== '') used.add(secret);
    return secret;
  });
  return { task: { ...task, input: Payload.of(input) }, hide: (outcome) => hidden(outcome, used) };
}

function hidden(outcome: TaskOutcome, secrets: ReadonlySet<string>): TaskOutcome {
  const { status, reason, output } = outcome;
  if (status === 'COMPLETED' || status === 'IN_PROGRESS' || secrets.size === 0) return outcome;
  const text = (value: string): string => [...secrets].reduce((rest, secret) => rest.replaceAll(secret, '***'), value);
  const json = (value: Json): Json => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(json);
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [text(name), json(member)]));
  };
  return { ...outcome, output: Payload.of(json(output.value)), ...(reason !== undefined && { reason: text(reason) }) };
}
