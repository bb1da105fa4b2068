import { incompatible } from './incompatible.ts';
import type { AvroReader } from './reader.ts';
import { isUnion, type AvroSchema, type AvroSchemaObject, type SchemaDocument } from './schema.ts';

type Skip = (reader: AvroReader) => void;

/** Passes over values of any Avro type: what a writer wrote and a reader does not want. */
export function skipping(document: SchemaDocument, schema: AvroSchema, open = new Map<AvroSchemaObject, Skip>()): Skip {
  const type = document.typeOf(schema);
  if (type === undefined) return incompatible('record', 'the writer uses a type that it does not define');
  if (isUnion(type)) {
    const branches = type.map((branch) => skipping(document, branch, open));
    return (reader) => branches[reader.branch(branches.length)]?.(reader);
  }
  switch (type.type) {
    case 'null':
      return () => undefined;
    case 'boolean':
      return (reader) => void reader.boolean();
    case 'int':
    case 'long':
    case 'enum':
      return (reader) => void reader.long();
    case 'float':
      return (reader) => reader.skip(4);
    case 'double':
      return (reader) => reader.skip(8);
    case 'fixed':
      return (reader) => reader.skip(type.size ?? 0);
    case 'string':
    case 'bytes':
      return (reader) => void reader.bytes();
    case 'array': {
      const item = skipping(document, type.items ?? 'null', open);
      return (reader) => void reader.array(item);
    }
    case 'map': {
      const item = skipping(document, type.values ?? 'null', open);
      return (reader) => void reader.map(item);
    }
    default: {
      const known = open.get(type);
      if (known !== undefined) return known;
      let fields: readonly Skip[] = [];
      const skip: Skip = (reader) => {
        for (const field of fields) field(reader);
      };
      open.set(type, skip);
      fields = (type.fields ?? []).map((field) => skipping(document, field.type, open));
      return skip;
    }
  }
}
