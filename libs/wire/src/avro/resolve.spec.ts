import { describe, expect, it } from '@jest/globals';
import avro from 'avsc';
import fc from 'fast-check';
import { createCodec } from '../codec.ts';
import { readReply, writeReply } from '../generated/reply.ts';
import { schemaIds, schemaTexts, type SchemaName } from '../generated/schemas.ts';
import { codecs, plain } from '../golden.fixture.ts';
import { AvroReader } from './reader.ts';
import { resolvingReader } from './resolve.ts';
import { arbitraryOf } from './schema.fixture.ts';
import { SchemaDocument } from './schema.ts';

type Schema = Parameters<typeof avro.Type.forSchema>[0];

/** Written by avsc with the one schema, read by us with the other. */
function evolve(writer: object, reader: object, value: unknown): unknown {
  const bytes = avro.Type.forSchema(writer as Schema, { registry: {}, wrapUnions: 'always' }).toBuffer(value);
  const source = new AvroReader();
  const read = resolvingReader(JSON.stringify(writer), JSON.stringify(reader));
  const record = read(source.open(bytes, 0));
  source.close();
  return plain(record);
}

const record = (...fields: readonly object[]): object => ({ type: 'record', name: 'R', fields });
const a = { name: 'a', type: 'string' };
const dull = { name: 'dull', type: 'int' };

describe('a record written with another schema', () => {
  it.each(Object.keys(schemaTexts) as SchemaName[])(
    '(%s) is read as the generated code reads it when it is the same',
    (name) => {
      const document = new SchemaDocument(schemaTexts[name]);
      const read = resolvingReader(schemaTexts[name], schemaTexts[name]);
      const source = new AvroReader();
      fc.assert(
        fc.property(arbitraryOf(document), (value) => {
          const bytes = codecs[name]!.encode(value);
          const resolved = read(source.open(bytes, 5));
          source.close();
          expect(resolved).toEqual(codecs[name]!.decode(bytes));
        }),
        { numRuns: 50 },
      );
    },
  );

  it('gets defaults for what was not written', () => {
    const reader = record(
      a,
      { name: 'none', type: ['null', 'string'], default: null },
      { name: 'count', type: 'int', default: 7 },
      { name: 'list', type: { type: 'array', items: 'int' }, default: [] },
      { name: 'map', type: { type: 'map', values: 'int' }, default: {} },
      { name: 'data', type: { type: 'bytes', logicalType: 'json' }, default: '{}' },
      { name: 'flag', type: 'boolean', default: false },
    );
    expect(evolve(record(a), reader, { a: 'x' })).toEqual({
      a: 'x',
      count: 7,
      list: [],
      map: {},
      data: { $json: '{}' },
      flag: false,
    });
  });

  it('loses what nobody wants any more, whatever it was', () => {
    const kinds = [
      ['null', null],
      ['boolean', true],
      ['int', 300],
      ['long', 2 ** 40],
      ['float', 1.5],
      ['double', 1.5],
      ['string', 'xyz'],
      ['bytes', Buffer.from('xyz')],
      [{ type: 'fixed', name: 'F', size: 3 }, Buffer.from('xyz')],
      [{ type: 'enum', name: 'E', symbols: ['A', 'B'] }, 'B'],
      [{ type: 'array', items: 'double' }, [1, 2]],
      [{ type: 'map', values: 'string' }, { a: 'b' }],
      [['null', 'string'], { string: 'xyz' }],
      [
        { type: 'record', name: 'Tree', fields: [{ name: 'below', type: { type: 'array', items: 'Tree' } }] },
        { below: [{ below: [] }] },
      ],
    ] as const;
    for (const [type, value] of kinds)
      expect(evolve(record({ name: 'old', type }, a), record(a), { old: value, a: 'x' })).toEqual({ a: 'x' });
  });

  it('may have its fields in another order, and under names that they had', () => {
    const reader = record({ name: 'b', aliases: ['a'], type: 'string' }, dull);
    expect(evolve(record(dull, a), reader, { dull: 5, a: 'x' })).toEqual({ b: 'x', dull: 5 });
  });

  it('is widened: int to long, T to optional T, bytes to string', () => {
    expect(evolve(record({ name: 'n', type: 'int' }), record({ name: 'n', type: 'long' }), { n: 5 })).toEqual({ n: 5 });
    expect(evolve(record(a), record({ name: 'a', type: ['null', 'string'], default: null }), { a: 'x' })).toEqual({
      a: 'x',
    });
    expect(evolve(record({ name: 'a', type: 'bytes' }), record(a), { a: Buffer.from('x') })).toEqual({ a: 'x' });
  });

  it('may hold a branch that became the only one, but not one that is unknown', () => {
    const writer = record({ name: 'a', type: ['null', 'string', 'int'], default: null });
    expect(evolve(writer, record(a), { a: { string: 'x' } })).toEqual({ a: 'x' });
    expect(() => evolve(writer, record(a), { a: { int: 1 } })).toThrow('record.a holds branch 2 of the writer');
  });

  it('gets the default symbol where the reader does not know the written one', () => {
    const symbols = (names: string[], more = {}): object => ({
      name: 'e',
      type: { type: 'enum', name: 'E', symbols: names, ...more },
    });
    const writer = record(symbols(['OLD', 'NEW']));
    expect(evolve(writer, record(symbols(['NEW', 'OTHER'])), { e: 'NEW' })).toEqual({ e: 'NEW' });
    expect(evolve(writer, record(symbols(['NEW', 'OTHER'], { default: 'OTHER' })), { e: 'OLD' })).toEqual({
      e: 'OTHER',
    });
    expect(() => evolve(writer, record(symbols(['NEW'])), { e: 'OLD' })).toThrow('"OLD" is none of NEW');
  });

  it('may come from a writer who knows nothing of our attributes', () => {
    const strip = (key: string, value: unknown): unknown =>
      ['tag', 'transparent', 'logicalType', 'doc'].includes(key) ? undefined : value;
    const foreign = JSON.stringify(JSON.parse(schemaTexts['public-command']), strip);
    const bytes = codecs['public-command']!.encode({ workflowId: 'w', sentAt: 5, body: { type: 'PauseWorkflow' } });
    const read = resolvingReader(foreign, schemaTexts['public-command']);
    expect(read(new AvroReader().open(bytes, 5))).toEqual({
      workflowId: 'w',
      sentAt: 5,
      body: { type: 'PauseWorkflow' },
    });
  });

  it('is refused before the first record when none could be read', () => {
    const refused = expect.objectContaining({ code: 'INCOMPATIBLE_SCHEMA' });
    expect(() => evolve(record(a), record(dull), { a: 'x' })).toThrow(refused);
    expect(() => evolve(record(a), record({ ...a, type: 'int' }), { a: 'x' })).toThrow(
      'do not fit at record.a: string was written, int is expected',
    );
    expect(() => evolve(record(a), { type: 'record', name: 'Other', fields: [a] }, { a: 'x' })).toThrow(refused);
    expect(() => evolve(record(a), record({ name: 'a', type: ['null', 'int'], default: null }), { a: 'x' })).toThrow(
      refused,
    );
  });
});

describe('a codec with a past', () => {
  const old = JSON.parse(schemaTexts.reply) as { fields: { name: string }[] };
  old.fields = old.fields.slice(0, -1); // the last one came later
  const codec = createCodec('reply', readReply, writeReply, [
    { id: 0x4fffffff, name: 'reply', text: JSON.stringify(old) },
  ]);
  const reply = {
    instance: 'api-1',
    correlation: 5,
    outcome: { kind: 'rejected', code: 'BUSY', reason: 'full' },
    partition: 1,
    offset: 9,
  } as const;

  it('reads what was written under an older id', () => {
    const bytes = Buffer.from(codec.encode(reply)).subarray(0, -1); // without the branch of the last field
    bytes.writeUInt32BE(0x4fffffff, 1);
    expect(codec.decode(bytes)).toEqual(reply);
  });

  it('writes under the newest', () => {
    expect(Buffer.from(codec.encode(reply)).readUInt32BE(1)).toBe(schemaIds.reply);
  });

  it('refuses ids that are not its own', () => {
    const bytes = Buffer.from(codec.encode(reply));
    bytes.writeUInt32BE(0x50000fff, 1);
    expect(() => codec.decode(bytes)).toThrow(expect.objectContaining({ code: 'UNKNOWN_SCHEMA' }));
  });
});
