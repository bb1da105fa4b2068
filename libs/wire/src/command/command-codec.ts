import { Fault, type CommandEnvelope } from '@partitura/model';
import { Malformed } from '../avro/malformed.ts';
import { createCodec, schemaIdOf, type Codec } from '../codec.ts';
import { readCommandEnvelope, writeCommandEnvelope } from '../generated/command.ts';
import { readCommand, writeCommand, type Command as PublicCommand } from '../generated/public-command.ts';
import { schemaIds } from '../generated/schemas.ts';
import { limits } from '../limits.ts';
import { recordKey } from '../records.ts';
import { createJsonCommandReader } from './json-command.ts';
import { createAuthenticator, macHeader } from './mac.ts';
import { envelopeOf } from './public-command.ts';

export type { PublicCommand };

export interface CommandCodecOptions {
  /** Name of the commands topic. */
  readonly topic: string;
  /** Partition count of the installation. */
  readonly partitions: number;
  /** The installation key: with it, commands under internal schema ids count only with a MAC made from it. */
  readonly key?: Uint8Array;
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

const internalCodec: Codec<CommandEnvelope> = createCodec('command', readCommandEnvelope, writeCommandEnvelope);

/** Commands as programs outside send them: Avro that cannot express a mark. */
export const publicCommandCodec: Codec<PublicCommand> = createCodec('public-command', readCommand, writeCommand);

export function createCommandCodec(options: CommandCodecOptions): CommandCodec {
  const { topic, partitions } = options;
  const authenticator = options.key === undefined ? undefined : createAuthenticator(options.key, topic);
  const readJson = createJsonCommandReader();

  function envelope(partition: number, record: CommandSource): CommandEnvelope {
    const { offset, value, headers } = record;
    if (value === null) throw new Malformed('the record has no value');
    if (value.length > limits.batchBytes)
      throw new Malformed(`the record has ${value.length} bytes, more than ${limits.batchBytes}`);
    const position = { topic, partition, offset, partitions };
    if (value[0] === openBrace) return envelopeOf(readJson(value), position, true);
    switch (schemaIdOf(value)) {
      case schemaIds.command:
        if (authenticator?.verify(value, headers?.[macHeader]) === false)
          throw new Malformed(
            'the record claims to come from the product itself but is not signed with the installation key',
          );
        return internalCodec.decode(value);
      default:
        return envelopeOf(publicCommandCodec.decode(value), position, false);
    }
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
