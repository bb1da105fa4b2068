/**
 * One TypeScript module from one Avro schema: an interface per record, and straight-line functions that read and write
 * it. Beyond plain Avro it understands these attributes, which other tools ignore:
 *
 * - `"tag": {"type": "X"}` on a record: a constant property by which TypeScript tells the branches of a union apart;
 * - `"transparent": true` on a record with one field: it stands for that field (Avro cannot name a union otherwise);
 * - `"logicalType": "json"` on bytes: a `Payload`; `"brand": "TaskId"` on a string: a branded type of the model.
 *
 * Unions are either `["null", T]`, an optional property, or the tagged records inside a transparent record.
 */
export function codecModule(root) {
  const module = { root: root.name, types: [], functions: [], brands: new Set(), named: new Map(), json: false };
  define(root, module);
  const imports = [];
  const fromModel = [...module.brands, ...(module.json ? ['Payload'] : [])].sort();
  if (fromModel.length > 0) imports.push(`import type { ${fromModel.join(', ')} } from '@partitura/model';`);
  imports.push(`import { Defect } from '@partitura/model';`);
  imports.push(
    `import type { AvroReader } from '../avro/reader.ts';`,
    `import type { AvroWriter } from '../avro/writer.ts';`,
  );
  const body = [...module.types, ...module.functions].join('\n\n');
  return `${imports.filter((line) => !line.includes('Defect') || body.includes('Defect(')).join('\n')}\n\n${body}\n`;
}

/** Defines a named type once; answers how to use it. */
function define(schema, module) {
  if (module.named.has(schema.name)) throw new Error(`${schema.name} is defined twice`);
  const use = { type: schema.name, read: `read${schema.name}(r)`, write: (v) => `write${schema.name}(w, ${v})` };
  module.named.set(schema.name, use);
  if (schema.type === 'enum') return defineEnum(schema, module, use);
  if (schema.transparent) return defineUnion(schema, module, use);
  return defineRecord(schema, module, use);
}

function defineEnum(schema, module, use) {
  const symbols = `${schema.name[0].toLowerCase()}${schema.name.slice(1)}Symbols`;
  module.types.push(
    `const ${symbols} = [${schema.symbols.map((symbol) => `'${symbol}'`).join(', ')}] as const;\ntype ${schema.name} = (typeof ${symbols})[number];`,
  );
  use.read = `r.symbol(${symbols})`;
  use.write = (v) => `w.symbol(${symbols}, ${v})`;
  return use;
}

function defineUnion(schema, module, use) {
  const branches = schema.fields[0].type.map((branch) => ({
    name: branch.name,
    tag: Object.entries(branch.tag)[0],
    use: define(branch, module),
  }));
  const tagName = branches[0].tag[0];
  module.types.push(
    `${visibility(schema, module)}type ${schema.name} =\n${branches.map(({ name }) => `  | ${name}`).join('\n')};`,
  );
  module.functions.push(
    `${visibility(schema, module)}function read${schema.name}(r: AvroReader): ${schema.name} {
  switch (r.branch(${branches.length})) {
${branches.map((branch, i) => `    case ${i}: return ${branch.use.read};`).join('\n')}
    default: throw new Defect('branch() is bounded');
  }
}`,
    `${visibility(schema, module)}function write${schema.name}(w: AvroWriter, v: ${schema.name}): void {
  switch (v.${tagName}) {
${branches.map((branch, i) => `    case '${branch.tag[1]}': w.branch(${i}); ${branch.use.write('v')}; return;`).join('\n')}
    default: throw new Defect(\`no ${schema.name} is called \${String((v as { ${tagName}: unknown }).${tagName})}\`);
  }
}`,
  );
  return use;
}

function defineRecord(schema, module, use) {
  const tag = schema.tag === undefined ? undefined : Object.entries(schema.tag)[0];
  const fields = schema.fields.map((field) => fieldOf(field, module));
  const optional = fields.filter((field) => field.optional);
  const members = fields.map(({ name, optional, use }) => `  readonly ${name}${optional ? '?' : ''}: ${use.type};`);
  if (tag !== undefined) members.unshift(`  readonly ${tag[0]}: '${tag[1]}';`);
  module.types.push(
    `${docOf(schema)}${visibility(schema, module)}interface ${schema.name} {\n${members.join('\n')}\n}`,
  );

  const r = fields.length === 0 ? '_r' : 'r';
  const w = fields.length === 0 ? '_w' : 'w';
  const v = fields.length === 0 ? '_v' : 'v';
  const reads = fields.map(
    ({ name, optional, use }) =>
      `  const ${local(name)} = ${optional ? `r.present() ? ${use.read} : undefined` : use.read};`,
  );
  const properties = fields
    .filter((field) => !field.optional)
    .map(({ name }) => (local(name) === name ? name : `${name}: ${local(name)}`));
  if (tag !== undefined) properties.unshift(`${tag[0]}: '${tag[1]}'`);
  const build =
    optional.length === 0
      ? [`  return { ${properties.join(', ')} };`]
      : [
          `  const v: { -readonly [K in keyof ${schema.name}]: ${schema.name}[K] } = { ${properties.join(', ')} };`,
          ...optional.map(({ name }) => `  if (${local(name)} !== undefined) v.${name} = ${local(name)};`),
          '  return v;',
        ];
  const writes = fields.map(({ name, optional, use }) =>
    optional
      ? `  if (v.${name} === undefined) w.branch(0);\n  else { w.branch(1); ${use.write(`v.${name}`)}; }`
      : `  ${use.write(`v.${name}`)};`,
  );
  module.functions.push(
    `${visibility(schema, module)}function read${schema.name}(${r}: AvroReader): ${schema.name} {\n${[...reads, ...build].join('\n')}\n}`,
    `${visibility(schema, module)}function write${schema.name}(${w}: AvroWriter, ${v}: ${schema.name}): void {\n${writes.join('\n')}\n}`,
  );
  return use;
}

function fieldOf(field, module) {
  const optional = Array.isArray(field.type);
  if (optional && (field.type.length !== 2 || field.type[0] !== 'null' || field.default !== null))
    throw new Error(`field ${field.name}: a union in a field must be ["null", T] with default null`);
  return { name: field.name, optional, use: useOf(optional ? field.type[1] : field.type, module) };
}

const primitives = {
  boolean: { type: 'boolean', method: 'boolean' },
  int: { type: 'number', method: 'long' },
  long: { type: 'number', method: 'long' },
  string: { type: 'string', method: 'string' },
  bytes: { type: 'Uint8Array', method: 'bytes' },
};

/** How to read and write a value of the type. */
function useOf(schema, module) {
  if (typeof schema === 'string') {
    const primitive = primitives[schema];
    if (primitive === undefined) return module.named.get(schema) ?? fail(`unknown type ${schema}`);
    return { type: primitive.type, read: `r.${primitive.method}()`, write: (v) => `w.${primitive.method}(${v})` };
  }
  switch (schema.type) {
    case 'record':
    case 'enum':
      return define(schema, module);
    case 'array': {
      const item = useOf(schema.items, module);
      return {
        type: `readonly ${item.type}[]`,
        read: `r.array(${readerOf(item)})`,
        write: (v) => `w.array(${v}, ${writerOf(item)})`,
      };
    }
    case 'map': {
      const item = useOf(schema.values, module);
      return {
        type: `Readonly<Record<string, ${item.type}>>`,
        read: `r.map(${readerOf(item)})`,
        write: (v) => `w.map(${v}, ${writerOf(item)})`,
      };
    }
    case 'string':
      module.brands.add(schema.brand);
      return { type: schema.brand, read: `r.string() as ${schema.brand}`, write: (v) => `w.string(${v})` };
    case 'bytes':
      if (schema.logicalType !== 'json') return fail(`unknown logical type ${schema.logicalType}`);
      module.json = true;
      return { type: 'Payload', read: 'r.json()', write: (v) => `w.json(${v})` };
    default:
      return fail(`unknown type ${JSON.stringify(schema.type)}`);
  }
}

const readerOf = (item) => (/^read\w+\(r\)$/.test(item.read) ? item.read.replace('(r)', '') : `(r) => ${item.read}`);
const writerOf = (item) => {
  const write = item.write('v');
  return /^write\w+\(w, v\)$/.test(write) ? write.replace('(w, v)', '') : `(w, v) => ${write}`;
};

/** Only the record itself is visible outside; its parts are reached through it. */
const visibility = (schema, module) => (schema.name === module.root ? 'export ' : '');
/** Names that would hide a parameter or are no identifiers. */
const local = (name) => (['r', 'w', 'v'].includes(name) ? `${name}_` : name);
const docOf = (schema) => (schema.doc === undefined ? '' : `/** ${schema.doc} */\n`);
function fail(why) {
  throw new Error(why);
}
