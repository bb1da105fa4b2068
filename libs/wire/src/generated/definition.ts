// Generated from schemas/ by libs/wire/scripts/generate.mjs; do not edit.
import type { Payload } from '@partitura/model';
import type { AvroReader } from '../avro/reader.ts';
import type { AvroWriter } from '../avro/writer.ts';

const definitionKindSymbols = ['workflow', 'task', 'eventHandler', 'webhook'] as const;
type DefinitionKind = (typeof definitionKindSymbols)[number];

/** The current state of one definition, broadcast on the compacted topic <ns>.definitions. */
export interface DefinitionRecord {
  readonly kind: DefinitionKind;
  readonly name: string;
  readonly version?: number;
  readonly revision: number;
  readonly deleted: boolean;
  readonly body: Payload;
}

export function readDefinitionRecord(r: AvroReader): DefinitionRecord {
  const kind = r.symbol(definitionKindSymbols);
  const name = r.string();
  const version = r.present() ? r.long() : undefined;
  const revision = r.long();
  const deleted = r.boolean();
  const body = r.json();
  const v: { -readonly [K in keyof DefinitionRecord]: DefinitionRecord[K] } = { kind, name, revision, deleted, body };
  if (version !== undefined) v.version = version;
  return v;
}

export function writeDefinitionRecord(w: AvroWriter, v: DefinitionRecord): void {
  w.symbol(definitionKindSymbols, v.kind);
  w.string(v.name);
  if (v.version === undefined) w.branch(0);
  else { w.branch(1); w.long(v.version); }
  w.long(v.revision);
  w.boolean(v.deleted);
  w.json(v.body);
}
