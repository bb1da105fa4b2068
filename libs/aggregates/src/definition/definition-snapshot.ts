import { Payload, type DefinitionKind } from '@partitura/model';
import type { DefinitionState, MaybeDefinition } from './definition-state.ts';

export const definitionStateVersion = 1;

/** Bodies stay the very text that was registered. */
interface Written {
  readonly kind: DefinitionKind;
  readonly name: string;
  readonly bodies: readonly (readonly [key: number, revision: number, body: string])[];
  readonly deleted: readonly (readonly [key: number, revision: number])[];
}

export function encodeDefinition(state: MaybeDefinition): Uint8Array {
  if (state === undefined) return new Uint8Array();
  const decoder = new TextDecoder();
  const written: Written = {
    kind: state.kind,
    name: state.name,
    bodies: [...state.bodies].map(([key, { revision, body }]) => [key, revision, decoder.decode(body.bytes)] as const),
    deleted: [...state.deleted],
  };
  return new TextEncoder().encode(JSON.stringify(written));
}

export function decodeDefinition(stateVersion: number, bytes: Uint8Array): MaybeDefinition {
  if (stateVersion !== definitionStateVersion) throw new RangeError(`unknown state version ${stateVersion}`);
  if (bytes.length === 0) return undefined;
  const written = JSON.parse(new TextDecoder().decode(bytes)) as Written;
  const encoder = new TextEncoder();
  const state: DefinitionState = {
    kind: written.kind,
    name: written.name,
    bodies: new Map(
      written.bodies.map(([key, revision, body]) => [key, { revision, body: Payload.fromBytes(encoder.encode(body)) }]),
    ),
    deleted: new Map(written.deleted),
  };
  return state;
}
