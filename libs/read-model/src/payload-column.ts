import { Payload } from '@partitura/model';

/** NULL stands for `{}`: most outputs are empty for most of their life. */
export function payloadColumn(payload: Payload): Uint8Array | undefined {
  const { bytes } = payload;
  return bytes.length === 2 && bytes[0] === 0x7b && bytes[1] === 0x7d ? undefined : bytes;
}

export function payloadOf(column: Uint8Array | null): Payload {
  return column === null ? Payload.empty : Payload.fromBytes(column);
}

/** Lists and maps of texts that nobody searches: JSON text, NULL when empty. */
export function listColumn(list: readonly string[]): string | undefined {
  return list.length === 0 ? undefined : JSON.stringify(list);
}

export function mapColumn(map: Readonly<Record<string, string>>): string | undefined {
  for (const _ in map) return JSON.stringify(map);
  return undefined;
}

/** Texts that are in a B-tree index are cut: Postgres refuses keys beyond 2,700 bytes, and no row may be refused. */
export function indexedText(text: string): string {
  return text.length <= indexedTextMax ? text : text.slice(0, indexedTextMax);
}
const indexedTextMax = 500;
