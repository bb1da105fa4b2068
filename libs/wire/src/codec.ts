import { Fault } from '@partitura/model';
import { Malformed } from './avro/malformed.ts';
import { AvroReader } from './avro/reader.ts';
import { AvroWriter } from './avro/writer.ts';
import { resolvingReader } from './avro/resolve.ts';
import { olderSchemas, schemaIds, schemaTexts, type SchemaName } from './generated/schemas.ts';

/** Records of one kind as bytes: Avro in Confluent's frame, always under ids of the committed manifest. */
export interface Codec<T> {
  /** Throws `Defect` for what the schema cannot hold. Nobody writes to the bytes again. */
  encode(record: T): Uint8Array;
  /**
   * User data and other bytes are views into `bytes`. Throws `Fault`, code `MALFORMED` (not what it claims to be) or
   * `UNKNOWN_SCHEMA` (written by something newer than this program, or by something else).
   */
  decode(bytes: Uint8Array): T;
}

export const framedFrom = 5;

/** The schema id of a framed record; throws {@link Malformed} when there is no frame. */
export function schemaIdOf(bytes: Uint8Array): number {
  if (bytes.length < framedFrom || bytes[0] !== 0)
    throw new Malformed('the record does not begin with a schema id (byte 0, then four bytes)');
  return (
    (((bytes[1] as number) << 24) |
      ((bytes[2] as number) << 16) |
      ((bytes[3] as number) << 8) |
      (bytes[4] as number)) >>>
    0
  );
}

/** A schema under whose id records were written once. */
export interface OlderSchema {
  readonly id: number;
  readonly name: SchemaName;
  readonly text: string;
}

export function createCodec<T>(
  name: SchemaName,
  read: (reader: AvroReader) => T,
  write: (writer: AvroWriter, record: T) => void,
  older: readonly OlderSchema[] = olderSchemas,
): Codec<T> {
  const id = schemaIds[name];
  const reader = new AvroReader();
  const writer = new AvroWriter();
  const olderReads = new Map<number, (reader: AvroReader) => T>();
  for (const schema of older)
    if (schema.name === name)
      olderReads.set(schema.id, resolvingReader(schema.text, schemaTexts[name]) as (reader: AvroReader) => T);

  function readerOf(written: number): (reader: AvroReader) => T {
    if (written === id) return read;
    const olderRead = olderReads.get(written);
    if (olderRead !== undefined) return olderRead;
    throw new Fault('UNKNOWN_SCHEMA', `schema id ${written} is none of a ${name}`, { retryable: false });
  }

  return {
    encode(record) {
      writer.open(id);
      write(writer, record);
      return writer.close();
    },
    decode(bytes) {
      const readRecord = readerOf(schemaIdOf(bytes));
      try {
        const record = readRecord(reader.open(bytes, framedFrom));
        reader.close();
        return record;
      } catch (error) {
        if (error instanceof RangeError) throw new Malformed('the record is nested too deeply');
        throw error;
      }
    },
  };
}
