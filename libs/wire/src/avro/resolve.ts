import { Fault } from '@partitura/model';
import { defaultMaker } from './default-value.ts';
import { incompatible } from './incompatible.ts';
import { Malformed } from './malformed.ts';
import type { AvroReader } from './reader.ts';
import {
  isUnion,
  nameOf,
  SchemaDocument,
  simpleName,
  type AvroField,
  type AvroSchema,
  type AvroSchemaObject,
  type AvroType,
} from './schema.ts';
import { skipping } from './skipping.ts';

type Read = (reader: AvroReader) => unknown;
type SingleType = Exclude<AvroType, readonly AvroSchema[]>;

/**
 * A reader for records that were written with one schema by somebody who knows only the other: Avro's schema
 * resolution, for our own older schemas and for those that producers registered. What it gives has the shape that the
 * generated readers give.
 *
 * Compiled once per pair of schemas, from closures; slower than the generated readers, which serve the newest schema.
 * Throws a `Fault`, code `INCOMPATIBLE_SCHEMA`, when no record of the writer could ever be read.
 */
export function resolvingReader(writerText: string, readerText: string): Read {
  const resolver = new Resolver(new SchemaDocument(writerText), new SchemaDocument(readerText));
  return resolver.read(resolver.writer.root, resolver.reader.root, 'record');
}

class Resolver {
  readonly writer: SchemaDocument;
  readonly reader: SchemaDocument;
  /** Pairs of named types that are being or have been resolved: types may contain themselves. */
  readonly #pairs = new Map<AvroSchemaObject, Map<AvroSchemaObject, { read: Read }>>();

  constructor(writer: SchemaDocument, reader: SchemaDocument) {
    this.writer = writer;
    this.reader = reader;
  }

  read(writer: AvroSchema, reader: AvroSchema, path: string): Read {
    const w = this.writer.typeOf(writer) ?? incompatible(path, 'the writer uses a type that it does not define');
    const r = this.reader.typeOf(reader) ?? incompatible(path, 'the reader uses a type that it does not define');
    if (isUnion(w)) return this.#fromUnion(w, reader, path);
    if (isUnion(r)) return this.#toUnion(writer, w, r, path);
    // A record that stands for its only field is written exactly like the field, so it does not matter who has one;
    // that it does so may have been lost on the writer's way through a registry.
    if (isTransparent(r)) return this.read(isLike(w, r) ? onlyField(w).type : writer, onlyField(r).type, path);
    if (isTransparent(w)) return this.read(onlyField(w).type, reader, path);
    return this.#fromType(w, r, path);
  }

  /** Which branch was written shows only in the bytes; one that the reader does not know fails only then. */
  #fromUnion(writer: readonly AvroSchema[], reader: AvroSchema, path: string): Read {
    let last: Fault | undefined;
    const branches = writer.map((branch): Read | undefined => {
      try {
        return this.read(branch, reader, path);
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        last = error;
        return undefined;
      }
    });
    if (last !== undefined && branches.every((branch) => branch === undefined)) throw last;
    return (reader) => {
      const index = reader.branch(branches.length);
      const branch = branches[index];
      if (branch === undefined)
        throw new Malformed(`${path} holds branch ${index} of the writer, which is unknown here`);
      return branch(reader);
    };
  }

  #toUnion(writer: AvroSchema, w: SingleType, reader: readonly AvroSchema[], path: string): Read {
    const branches = reader.map((schema) => ({ schema, type: this.reader.typeOf(schema) }));
    const same = branches.find(({ type }) => type !== undefined && !isUnion(type) && matches(w, type));
    if (same !== undefined) return this.read(writer, same.schema, path);
    if (isTransparent(w)) return this.read(onlyField(w).type, reader, path);
    return incompatible(path, `the reader has no branch for ${nameOf(w)}`);
  }

  #fromType(w: SingleType, r: SingleType, path: string): Read {
    if (!matches(w, r)) return incompatible(path, `${nameOf(w)} was written, ${nameOf(r)} is expected`);
    switch (w.type) {
      case 'null':
        return () => undefined;
      case 'boolean':
        return (reader) => reader.boolean();
      case 'int':
      case 'long':
        return (reader) => reader.long();
      case 'string':
      case 'bytes':
        if (r.type === 'string') return (reader) => reader.string();
        return r.logicalType === 'json' ? (reader) => reader.json() : (reader) => reader.bytes();
      case 'enum':
        return enumReader(w, r);
      case 'array': {
        const item = this.read(w.items ?? 'null', r.items ?? 'null', `${path}[]`);
        return (reader) => reader.array(item);
      }
      case 'map': {
        const item = this.read(w.values ?? 'null', r.values ?? 'null', `${path}{}`);
        return (reader) => reader.map(item);
      }
      case 'record':
        return this.#fromRecord(w, r, path);
      default:
        return incompatible(path, `${nameOf(w)} is used by none of our schemas`);
    }
  }

  #fromRecord(w: AvroSchemaObject, r: AvroSchemaObject, path: string): Read {
    const pairs = this.#pairs.get(w) ?? new Map<AvroSchemaObject, { read: Read }>();
    this.#pairs.set(w, pairs);
    const known = pairs.get(r);
    if (known !== undefined) return (reader) => known.read(reader);
    const pair: { read: Read } = { read: () => undefined };
    pairs.set(r, pair);
    pair.read = this.#recordReader(w, r, path);
    return pair.read;
  }

  #recordReader(w: AvroSchemaObject, r: AvroSchemaObject, path: string): Read {
    const missing = new Set(r.fields ?? []);
    const steps = (w.fields ?? []).map((written) => {
      const field = [...missing].find(({ name, aliases }) => name === written.name || aliases?.includes(written.name));
      if (field === undefined) return { name: undefined, read: skipping(this.writer, written.type) };
      missing.delete(field);
      return { name: field.name, read: this.read(written.type, field.type, `${path}.${field.name}`) };
    });
    const defaults = [...missing].map((field) => ({ name: field.name, make: this.#defaultOf(field, path) }));
    const constants = Object.entries(r.tag ?? {});
    return (reader) => {
      const record: Record<string, unknown> = {};
      for (const [name, value] of constants) record[name] = value;
      for (const { name, read } of steps) {
        const value = read(reader);
        if (name !== undefined && value !== undefined) record[name] = value;
      }
      for (const { name, make } of defaults) {
        const value = make();
        if (value !== undefined) record[name] = value;
      }
      return record;
    };
  }

  #defaultOf(field: AvroField, path: string): () => unknown {
    if (field.default === undefined)
      return incompatible(path, `the field ${field.name} was not written and has no default`);
    return defaultMaker(this.reader, field.default, field.type, `${path}.${field.name}`);
  }
}

function enumReader(w: AvroSchemaObject, r: AvroSchemaObject): Read {
  const written = w.symbols ?? [];
  const known = new Set(r.symbols);
  return (reader) => {
    const symbol = reader.symbol(written);
    if (known.has(symbol)) return symbol;
    if (typeof r.default === 'string') return r.default;
    throw new Malformed(`${JSON.stringify(symbol)} is none of ${[...known].join(', ')}`);
  };
}

function isTransparent(type: AvroType): type is SingleType {
  return !isUnion(type) && type.transparent === true;
}

function isLike(w: AvroType, r: AvroSchemaObject): w is SingleType {
  return !isUnion(w) && w.type === 'record' && w.fields?.length === 1 && matches(w, r);
}

function onlyField(type: AvroSchemaObject): AvroField {
  const field = type.fields?.[0];
  return field ?? incompatible(type.name ?? 'record', 'a transparent record needs a field');
}

/** Whether the one may be read as the other, as far as the outermost type tells. */
function matches(w: AvroSchemaObject, r: AvroSchemaObject): boolean {
  if (r.type === w.type)
    return (
      w.type !== 'record' || w.name === undefined || r.name === undefined || namesOf(r).includes(simpleName(w.name))
    );
  if (r.type === 'long') return w.type === 'int';
  return (r.type === 'string' && w.type === 'bytes') || (r.type === 'bytes' && w.type === 'string');
}

const namesOf = (type: AvroSchemaObject): readonly string[] =>
  [type.name ?? '', ...(type.aliases ?? [])].map(simpleName);
