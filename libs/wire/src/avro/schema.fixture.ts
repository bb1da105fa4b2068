import { invariant, Payload } from '@partitura/model';
import fc from 'fast-check';
import { isUnion, type AvroSchema, type AvroSchemaObject, type AvroType, type SchemaDocument } from './schema.ts';

/** Beyond, avsc writes some integers a little wrong. */
const exactInAvsc = 2n ** 52n;

function typeOf(document: SchemaDocument, schema: AvroSchema): AvroType {
  const type = document.typeOf(schema);
  invariant(type !== undefined, 'a schema names a type that it does not define');
  return type;
}

/** Any record that a schema can hold, as our codecs take it. */
export function arbitraryOf(
  document: SchemaDocument,
  schema: AvroSchema = document.root,
  depth = 0,
): fc.Arbitrary<unknown> {
  const type = typeOf(document, schema);
  if (isUnion(type)) {
    const branches = depth > 4 ? type.slice(0, 1) : type;
    return fc.oneof(...branches.map((branch) => arbitraryOf(document, branch, depth + 1)));
  }
  const { fields = [], items = 'null', values = 'null', symbols = [] } = type;
  switch (type.type) {
    case 'null':
      return fc.constant(undefined);
    case 'boolean':
      return fc.boolean();
    case 'int':
      return fc.integer();
    case 'long':
      return fc.oneof(
        fc.bigInt({ min: -exactInAvsc, max: exactInAvsc }).map(Number),
        fc.integer(),
        fc.nat({ max: 1_000 }),
      );
    case 'string':
      return fc.oneof(fc.string({ unit: 'grapheme', maxLength: 100 }), fc.uuid());
    case 'bytes':
      return type.logicalType === 'json'
        ? fc.json().map((text) => Payload.fromBytes(Buffer.from(text)))
        : fc.uint8Array({ maxLength: 200 });
    case 'enum':
      return fc.constantFrom(...symbols);
    case 'array':
      return fc.array(arbitraryOf(document, items, depth + 1), { maxLength: 4 });
    case 'map': {
      const key = fc.string().filter((text) => text !== '__proto__');
      return fc.dictionary(key, arbitraryOf(document, values, depth + 1), { maxKeys: 4, noNullPrototype: true });
    }
    default: {
      const [first] = fields;
      if (type.transparent === true && first !== undefined) return arbitraryOf(document, first.type, depth);
      const properties = fields.map(({ name, type: fieldType }) =>
        arbitraryOf(document, fieldType, depth + 1).map((value) => [name, value] as const),
      );
      return fc
        .tuple(...properties)
        .map((entries) => ({ ...type.tag, ...Object.fromEntries(entries.filter(([, value]) => value !== undefined)) }));
    }
  }
}

/** The same record as avsc takes it when it wraps all unions. */
export function forAvsc(document: SchemaDocument, value: unknown, schema: AvroSchema = document.root): unknown {
  const type = typeOf(document, schema);
  if (isUnion(type)) {
    if (value === undefined) return null;
    const branch = type.find((one) => one !== 'null' && isBranchOf(one, value));
    invariant(branch !== undefined, 'a value fits no branch');
    return { [branchName(document, branch)]: forAvsc(document, value, branch) };
  }
  const { fields = [], items = 'null', values = 'null' } = type;
  switch (type.type) {
    case 'bytes':
      return Buffer.from(value instanceof Payload ? value.bytes : (value as Uint8Array));
    case 'array':
      return (value as readonly unknown[]).map((item) => forAvsc(document, item, items));
    case 'map':
      return mapped(value, (item) => forAvsc(document, item, values));
    case 'record':
      return Object.fromEntries(
        fields.map(({ name, type: fieldType }) => {
          const own = type.transparent === true ? value : (value as Record<string, unknown>)[name];
          return [name, forAvsc(document, own, fieldType)];
        }),
      );
    default:
      return value;
  }
}

function mapped(value: unknown, item: (value: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(value as object).map(([key, own]) => [key, item(own)]));
}

/** Of untagged branches a union of ours has at most one. */
function isBranchOf(schema: AvroSchema, value: unknown): boolean {
  const { tag = {} } = schema as AvroSchemaObject;
  return Object.entries(tag).every(([key, constant]) => (value as Record<string, unknown>)[key] === constant);
}

function branchName(document: SchemaDocument, schema: AvroSchema): string {
  const type = typeOf(document, schema);
  invariant(!isUnion(type), 'a union lies in a union');
  const { namespace } = document.root as AvroSchemaObject;
  return type.name === undefined ? type.type : `${String(namespace)}.${type.name}`;
}
