import { Fault, type CommandEnvelope } from '@partitura/model';
import { Malformed } from '../avro/malformed.ts';
import { AvroReader } from '../avro/reader.ts';
import { resolvingReader } from '../avro/resolve.ts';
import { createCodec, framedFrom, schemaIdOf, type Codec } from '../codec.ts';
import { readCommandEnvelope, writeCommandEnvelope } from '../generated/command.ts';
import { readCommand, type Command as PublicCommand } from '../generated/public-command.ts';
import { olderSchemas, schemaIds, schemaTexts } from '../generated/schemas.ts';
import { limits } from '../limits.ts';
import { recordKey } from '../records.ts';
import type { RegisteredSchemas } from '../registry/schema-registry.ts';
import { jsonCommandReader } from './json-command.ts';
import { createAuthenticator, macHeader } from './mac.ts';
import { envelopeOf } from './public-command.ts';
import { publicCommandCodec } from './public-encoding.ts';

/** Under these ids only the product itself writes. */
const internalIds: ReadonlySet<number> = new Set([
  schemaIds.command,
  ...olderSchemas.filter(({ name }) => name === 'command').map(({ id }) => id),
]);

export type { PublicCommand };

export interface CommandCodecOptions {
  /** Name of the commands topic. */
  readonly topic: string;
  /** Partition count of the installation. */
  readonly partitions: number;
  /** The installation key: with it, commands under internal schema ids count only with a MAC made from it. */
  readonly key?: Uint8Array;
  /** What a schema registry knows, when one is configured: its ids count besides those of the manifest. */
  readonly registered?: RegisteredSchemas;
}

/** A record for the commands topic, as the log port takes it. */
export interface EncodedCommand {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly headers?: Readonly<Record<string, Uint8Array>>;
}

/** A record of the commands topic, as the log port gives it. */
export interface CommandSource {
  readonly offset: number;
  readonly value: Uint8Array | null;
  readonly headers?: Readonly<Record<string, Uint8Array>>;
}

export type DecodedCommand =
  | { readonly kind: 'command'; readonly envelope: CommandEnvelope }
  /** Nobody can apply it: dead-letter it with the reason. */
  | { readonly kind: 'undecodable'; readonly reason: string };

export interface CommandCodec {
  /** A command of the product itself, with mark, principal and parent. Throws `Defect` for what no schema holds. */
  encode(envelope: CommandEnvelope): EncodedCommand;
  /** Any record that lies on the commands topic: internal Avro, public Avro, plain JSON, or garbage. Never throws for garbage. */
  decode(partition: number, record: CommandSource): DecodedCommand;
}

const openBrace = 0x7b;
/** Ids of the committed manifest begin here, far above those that registries give out. */
const firstManifestId = 0x50000000;

const internalCodec: Codec<CommandEnvelope> = createCodec('command', readCommandEnvelope, writeCommandEnvelope);

export function createCommandCodec(options: CommandCodecOptions): CommandCodec {
  const { topic, partitions, registered } = options;
  const authenticator = options.key === undefined ? undefined : createAuthenticator(options.key, topic);
  const readJsonCommand = jsonCommandReader();
  const reader = new AvroReader();
  const registeredReads = readsOf(registered);

  function envelope(partition: number, record: CommandSource): CommandEnvelope {
    const { offset, value, headers } = record;
    if (value === null) throw new Malformed('the record has no value');
    if (value.length > limits.batchBytes)
      throw new Malformed(`the record has ${value.length} bytes, more than ${limits.batchBytes}`);
    const position = { topic, partition, offset, partitions };
    if (value[0] === openBrace) return envelopeOf(readJsonCommand(value), position, true);
    const schemaId = schemaIdOf(value);
    if (internalIds.has(schemaId)) {
      if (authenticator?.verify(value, headers?.[macHeader]) === false)
        throw new Malformed(
          'the record claims to come from the product itself but is not signed with the installation key',
        );
      return internalCodec.decode(value);
    }
    return envelopeOf(publicCommand(schemaId, value), position, false);
  }

  function publicCommand(schemaId: number, value: Uint8Array): PublicCommand {
    if (schemaId >= firstManifestId) return publicCommandCodec.decode(value);
    const read = registeredReads.get(schemaId);
    if (read === undefined)
      throw new Malformed(
        registered === undefined
          ? `the schema id ${schemaId} is none of the product's own, and no schema registry is configured`
          : `the schema id ${schemaId} is none of the product's own and none of ${registered.subject} when this process started`,
      );
    const command = read(reader.open(value, framedFrom));
    reader.close();
    return command;
  }

  return {
    encode(command) {
      const value = internalCodec.encode(command);
      const key = recordKey(command.aggregate);
      return authenticator === undefined
        ? { key, value }
        : { key, value, headers: { [macHeader]: authenticator.sign(value) } };
    },
    decode(partition, record) {
      try {
        return { kind: 'command', envelope: envelope(partition, record) };
      } catch (error) {
        if (error instanceof Fault && !error.retryable) return { kind: 'undecodable', reason: error.message };
        throw error;
      }
    },
  };
}

type ReadPublicCommand = (reader: AvroReader) => PublicCommand;

function readsOf(registered: RegisteredSchemas | undefined): ReadonlyMap<number, ReadPublicCommand> {
  const reads = new Map<number, ReadPublicCommand>();
  if (registered === undefined) return reads;
  for (const [id, text] of registered.otherCommands)
    reads.set(id, resolvingReader(text, schemaTexts['public-command']) as ReadPublicCommand);
  return reads.set(registered.commandId, readCommand);
}
