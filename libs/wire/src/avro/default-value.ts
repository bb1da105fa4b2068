import { Payload } from '@partitura/model';
import { incompatible } from './incompatible.ts';
import { isUnion, nameOf, type AvroSchema, type SchemaDocument } from './schema.ts';

/** Makes the default of a field, afresh for each record; only the kinds of defaults that our schemas use. */
export function defaultMaker(
  document: SchemaDocument,
  value: unknown,
  schema: AvroSchema,
  path: string,
): () => unknown {
  const type = document.typeOf(schema);
  if (type === undefined) return incompatible(path, 'the reader uses a type that it does not define');
  if (isUnion(type)) return defaultMaker(document, value, type[0] ?? 'null', path);
  switch (type.type) {
    case 'null':
      return () => undefined;
    case 'boolean':
    case 'int':
    case 'long':
    case 'string':
    case 'enum':
      return () => value;
    case 'bytes': {
      const bytes = Buffer.from(String(value), 'latin1');
      return type.logicalType === 'json' ? () => Payload.fromBytes(bytes) : () => bytes;
    }
    case 'array':
      if (Array.isArray(value) && value.length === 0) return () => [];
      break;
    case 'map':
      if (typeof value === 'object' && value !== null && Object.keys(value).length === 0) return () => ({});
      break;
  }
  return incompatible(path, `defaults of ${nameOf(type)} are not supported`);
}
