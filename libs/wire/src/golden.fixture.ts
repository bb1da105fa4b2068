import { Payload } from '@partitura/model';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCommandCodec } from './command/command-codec.ts';
import { publicCommandCodec } from './command/public-encoding.ts';
import { deadLetterCodec, definitionCodec, journalCodec, replyCodec, taskCodec } from './records.ts';

const schemasFolder = fileURLToPath(new URL('../../../schemas/', import.meta.url));

export const readJson = (path: string): unknown => JSON.parse(readFileSync(join(schemasFolder, path), 'utf8'));

export interface ManifestEntry {
  readonly id: number;
  readonly name: string;
  readonly file: string;
  readonly fingerprint: string;
}
export const manifest = readJson('manifest.json') as readonly ManifestEntry[];

export interface Golden {
  readonly schema: string;
  readonly id: number;
  readonly fingerprint: string;
  readonly cases: readonly { readonly record: unknown; readonly hex: string }[];
}
export const goldens = readdirSync(join(schemasFolder, 'golden/records')).map(
  (file) => readJson(join('golden/records', file)) as Golden,
);

/** Golden records are plain JSON: user data is `{"$json": text}`, other bytes are `{"$hex": digits}`. */
export function revive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== 'object' || value === null) return value;
  if ('$json' in value) return Payload.fromBytes(Buffer.from(String(value.$json)));
  if ('$hex' in value) return Buffer.from(String(value.$hex), 'hex');
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, revive(item)]));
}

/** The reverse of {@link revive}: what a record is like when only what is on the wire counts. */
export function plain(value: unknown): unknown {
  if (value instanceof Payload) return { $json: Buffer.from(value.bytes).toString('utf8') };
  if (value instanceof Uint8Array) return { $hex: Buffer.from(value).toString('hex') };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

export interface AnyCodec {
  encode(record: unknown): Uint8Array;
  decode(bytes: Uint8Array): unknown;
}

const commands = createCommandCodec({ topic: 'golden', partitions: 1 });

/** The codec of each schema of the manifest. */
export const codecs: Readonly<Record<string, AnyCodec>> = {
  'journal-record': journalCodec,
  task: taskCodec,
  reply: replyCodec,
  definition: definitionCodec,
  'dead-letter': deadLetterCodec,
  'public-command': publicCommandCodec,
  command: {
    encode: (record) => commands.encode(record as Parameters<typeof commands.encode>[0]).value,
    decode: (value) => {
      const decoded = commands.decode(0, { offset: 0, value });
      if (decoded.kind === 'undecodable') throw new Error(decoded.reason);
      return decoded.envelope;
    },
  },
};
