import {
  normalizeEventHandler,
  normalizeTaskDef,
  readWorkflowDef,
  validateEventHandler,
  validateTaskDef,
  type Problem,
  type Surroundings,
} from '@partitura/engine';
import { isJsonObject, Payload, type Json, type JsonObject, type PutDefinition } from '@partitura/model';
import type { Registered } from './definition-state.ts';

export type Prepared =
  | { readonly kind: 'body'; readonly body: Payload; readonly version: number | undefined }
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] };

/**
 * The definition as it is stored: read, completed with defaults, checked, and dated as Conductor dates it.
 *
 * | | created | replaced |
 * | --- | --- | --- |
 * | workflow | `createTime` now | `updateTime` now, `createTime` as sent |
 * | task, `upsert` and `create` | `createTime` now, `createdBy` empty, never updated | the same |
 * | task, `update` | | `updateTime` now, `updatedBy` empty; creation stays as stored |
 */
export function prepareBody(
  command: PutDefinition,
  stored: Registered | undefined,
  at: number,
  surroundings: Surroundings,
): Prepared {
  const raw = command.body.valueIfJson;
  if (raw === undefined) return { kind: 'problems', problems: [{ path: '', message: 'the definition is not JSON' }] };
  switch (command.kind) {
    case 'workflow':
      return prepareWorkflow(command, raw, at, surroundings);
    case 'task':
      return prepareTask(command, raw, stored, at);
    case 'eventHandler':
      return prepareEventHandler(command, raw);
    case 'webhook':
      if (isJsonObject(raw)) return { kind: 'body', body: Payload.of(raw), version: undefined };
      return { kind: 'problems', problems: [{ path: '', message: 'the definition must be an object' }] };
  }
}

function prepareWorkflow(command: PutDefinition, raw: Json, at: number, surroundings: Surroundings): Prepared {
  const { definition: def, problems: found } = readWorkflowDef(raw, surroundings);
  const problems = found.length === 0 ? misnamed(command, def) : found;
  if (problems.length > 0) return { kind: 'problems', problems };
  const dated = command.mode === 'create' ? { ...def, createTime: at } : { ...def, updateTime: at };
  return { kind: 'body', body: Payload.of(dated as unknown as JsonObject), version: def.version };
}

function prepareTask(command: PutDefinition, raw: Json, stored: Registered | undefined, at: number): Prepared {
  const problems: Problem[] = [];
  const def = normalizeTaskDef(raw, '', problems);
  if (problems.length === 0) problems.push(...validateTaskDef(def), ...misnamed(command, def));
  if (problems.length > 0) return { kind: 'problems', problems };
  const replaced = command.mode === 'update' ? stored?.body.object : undefined;
  const dated =
    replaced === undefined
      ? { ...def, createTime: at, createdBy: '', updateTime: 0 }
      : {
          ...def,
          createTime: replaced['createTime'] ?? 0,
          createdBy: replaced['createdBy'] ?? '',
          updateTime: at,
          updatedBy: '',
        };
  return { kind: 'body', body: Payload.of(dated), version: undefined };
}

function prepareEventHandler(command: PutDefinition, raw: Json): Prepared {
  const problems: Problem[] = [];
  const handler = normalizeEventHandler(raw, '', problems);
  if (problems.length === 0) problems.push(...validateEventHandler(handler), ...misnamed(command, handler));
  if (problems.length > 0) return { kind: 'problems', problems };
  return { kind: 'body', body: Payload.of(handler as unknown as JsonObject), version: undefined };
}

/** The aggregate is named by its id; a body that says otherwise would be registered under a name it does not bear. */
function misnamed(
  { name, version }: PutDefinition,
  def: { readonly name: string; readonly version?: unknown },
): readonly Problem[] {
  const problems: Problem[] = [];
  if (def.name !== name) problems.push({ path: 'name', message: `must be ${name}`, invalidValue: def.name });
  if (version !== undefined && version !== def.version) {
    problems.push({ path: 'version', message: `must be ${version}`, invalidValue: String(def.version) });
  }
  return problems;
}
