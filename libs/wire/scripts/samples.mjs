/**
 * Sample records of a schema: as few as reach every branch of every union, every symbol of every enum, each optional
 * property absent and present, arrays and maps empty and not. The same schema always gives the same samples.
 *
 * User data is `{"$json": text}`, other bytes are `{"$hex": digits}`, so that samples are plain JSON.
 */
export function samplesOf(schema) {
  return variants(schema, new Map(), { name: 'record', depth: 0 });
}

const numbers = [0, 63, 64, 8192, 2147483647];
const longs = [0, 64, 1763726400123, 2 ** 31, 2 ** 53 - 1, -1, -65];
const texts = ['', 'ASCII text of more than sixty-four characters, so that its length takes two bytes', 'Füße 注文 🎼'];
const jsons = ['{}', '{"a":[1,2.50,null],"ü":"\\u00e4","big":12345678901234567890}'];

function variants(schema, named, at) {
  if (typeof schema === 'string' && named.has(schema))
    return at.depth > 3 ? [] : named.get(schema)({ ...at, depth: at.depth + 1 });
  switch (typeof schema === 'string' ? schema : schema.type) {
    case 'boolean':
      return [false, true];
    case 'int':
      return numbers;
    case 'long':
      return longs;
    case 'string':
      return [at.name, ...texts];
    case 'bytes':
      return schema.logicalType === 'json'
        ? jsons.map(($json) => ({ $json }))
        : ['', '00', '0102030405060708090aff'].map(($hex) => ({ $hex }));
    case 'enum':
      named.set(schema.name, () => schema.symbols);
      return schema.symbols;
    case 'array': {
      const items = variants(schema.items, named, at);
      return [[], ...items.map((item) => [item]), items];
    }
    case 'map': {
      const values = variants(schema.values, named, at);
      return [{}, { key: values[0] }, Object.fromEntries(values.map((value, i) => [`key ${i} ü`, value]))];
    }
    case 'record': {
      const make = (place) => record(schema, named, place);
      named.set(schema.name, make);
      return make(at);
    }
    default:
      throw new Error(`no samples of ${JSON.stringify(schema)}`);
  }
}

/** All variants of a union; of a record, its fields' variants side by side, the short ones repeating. */
function record(schema, named, at) {
  if (schema.transparent) return schema.fields[0].type.flatMap((branch) => variants(branch, named, at));
  const fields = schema.fields.map(({ name, type }) => {
    const place = { name, depth: at.depth };
    return {
      name,
      values: Array.isArray(type) ? [undefined, ...variants(type[1], named, place)] : variants(type, named, place),
    };
  });
  const count = Math.max(1, ...fields.map(({ values }) => values.length));
  return Array.from({ length: count }, (_, i) => ({
    ...schema.tag,
    ...Object.fromEntries(
      fields.map(({ name, values }) => [name, values[i % values.length]]).filter(([, value]) => value !== undefined),
    ),
  }));
}
