/** An Avro schema as its JSON says it, with the attributes of ours that other tools ignore (see the README). */
export type AvroSchema = string | AvroSchemaObject | readonly AvroSchema[];
export interface AvroSchemaObject {
  readonly type: AvroSchema;
  readonly name?: string;
  readonly namespace?: string;
  readonly aliases?: readonly string[];
  readonly fields?: readonly AvroField[];
  readonly symbols?: readonly string[];
  readonly default?: unknown;
  readonly items?: AvroSchema;
  readonly values?: AvroSchema;
  readonly size?: number;
  readonly logicalType?: string;
  /** A constant property by which the branches of a union are told apart. */
  readonly tag?: Readonly<Record<string, string>>;
  /** The record stands for its only field. */
  readonly transparent?: boolean;
}
export interface AvroField {
  readonly name: string;
  readonly type: AvroSchema;
  readonly aliases?: readonly string[];
  readonly default?: unknown;
}

const primitives = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string']);

/** Whatever names a type: `"string"`, `{"type": "string"}`, the name of a record. */
export type AvroType = (AvroSchemaObject & { readonly type: string }) | readonly AvroSchema[];

/** A schema with its named types found, so that references can be followed. */
export class SchemaDocument {
  readonly root: AvroSchema;
  readonly #named = new Map<string, AvroSchemaObject>();

  constructor(text: string) {
    this.root = JSON.parse(text) as AvroSchema;
    this.#collect(this.root);
  }

  /** The type behind a schema: references and nesting of `type` undone. Undefined for a name that nobody defined. */
  typeOf(schema: AvroSchema): AvroType | undefined {
    if (isUnion(schema)) return schema;
    if (typeof schema !== 'string')
      return typeof schema.type === 'string' ? (schema as AvroType) : this.typeOf(schema.type);
    return primitives.has(schema) ? { type: schema } : (this.#named.get(simpleName(schema)) as AvroType | undefined);
  }

  #collect(schema: AvroSchema): void {
    if (typeof schema === 'string') return;
    if (isUnion(schema)) {
      for (const branch of schema) this.#collect(branch);
      return;
    }
    if (schema.name !== undefined) this.#named.set(simpleName(schema.name), schema);
    for (const field of schema.fields ?? []) this.#collect(field.type);
    for (const part of [schema.items, schema.values]) if (part !== undefined) this.#collect(part);
    if (typeof schema.type !== 'string') this.#collect(schema.type);
  }
}

export function isUnion(schema: AvroSchema): schema is readonly AvroSchema[] {
  return Array.isArray(schema);
}

/** Without its namespace: that is how Avro compares names of different writers. */
export function simpleName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

export function nameOf(type: AvroType): string {
  return isUnion(type) ? 'a union' : (type.name ?? type.type);
}
