import { describe, expect, it } from '@jest/globals';
import { Fault, Payload, type Decided } from '@partitura/model';
import avro from 'avsc';
import fc from 'fast-check';
import { schemaTexts, type SchemaName } from '../generated/schemas.ts';
import { codecs, goldens, plain } from '../golden.fixture.ts';
import { deadLetterCodec, journalCodec, taskCodec } from '../records.ts';
import { AvroReader } from './reader.ts';
import { arbitraryOf, forAvsc } from './schema.fixture.ts';
import { SchemaDocument } from './schema.ts';
import { AvroWriter } from './writer.ts';
import { schemaIds } from '../generated/schemas.ts';

const names = Object.keys(schemaTexts) as readonly SchemaName[];
const frame = 5;

describe.each(names)('records of %s', (name) => {
  const document = new SchemaDocument(schemaTexts[name]);
  const codec = codecs[name]!;
  const oracle = avro.Type.forSchema(document.root as never, { wrapUnions: 'always', registry: {} });

  it('are written as another implementation of Avro writes them, and read back', () => {
    fc.assert(
      fc.property(arbitraryOf(document), (record) => {
        const bytes = codec.encode(record);
        expect(Buffer.from(bytes.subarray(frame)).toString('hex')).toBe(
          oracle.toBuffer(forAvsc(document, record)).toString('hex'),
        );
        expect(plain(codec.decode(bytes))).toEqual(plain(record));
      }),
    );
  });
});

describe('integers', () => {
  it('are written in zigzag, seven bits a byte, up to 2^53', () => {
    const writer = new AvroWriter();
    const reader = new AvroReader();
    const edges = [0, 63, 64, 2 ** 27, 2 ** 28, 2 ** 30, 2 ** 31, 2 ** 32, 2 ** 35, 2 ** 52, Number.MAX_SAFE_INTEGER];
    const integer = fc.oneof(
      fc.maxSafeInteger(),
      fc.constantFrom(...edges.flatMap((edge) => [edge, -edge, edge - 1, -edge - 1])),
    );
    fc.assert(
      fc.property(integer.filter(Number.isSafeInteger), (value) => {
        writer.open(0).long(value);
        const bytes = writer.close();
        let zigzag = value < 0 ? -2n * BigInt(value) - 1n : 2n * BigInt(value);
        const expected: number[] = [];
        for (; zigzag > 127n; zigzag /= 128n) expected.push(Number(zigzag % 128n) + 128);
        expect([...bytes.subarray(frame)]).toEqual([...expected, Number(zigzag)]);
        expect(reader.open(bytes, frame).long()).toBe(value + 0); // -0 has no bytes of its own
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('bytes that are damaged', () => {
  const samples = goldens.flatMap(({ schema, cases }) =>
    cases.filter((_, i) => i % 7 === 0).map(({ hex }) => ({ codec: codecs[schema]!, bytes: Buffer.from(hex, 'hex') })),
  );
  /** Nothing but the two faults of a codec may come out, and it must come out at once. */
  const decode = (codec: (typeof samples)[number]['codec'], bytes: Uint8Array): 'read' | 'refused' => {
    try {
      codec.decode(bytes);
      return 'read';
    } catch (error) {
      if (error instanceof Fault || (error instanceof Error && error.constructor === Error)) return 'refused';
      throw error;
    }
  };

  it('are refused wherever they are cut off', () => {
    for (const { codec, bytes } of samples)
      for (let length = 0; length < bytes.length; length++)
        expect(decode(codec, bytes.subarray(0, length))).toBe('refused');
  });

  it('are refused when something follows', () => {
    for (const { codec, bytes } of samples) expect(decode(codec, Buffer.concat([bytes, Buffer.of(0)]))).toBe('refused');
  });

  it('are read or refused, never worse, whatever changed in them', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 }),
        ({ codec, bytes }, changes) => {
          const damaged = Buffer.from(bytes);
          for (const [at, byte] of changes) damaged[frame + (at % (bytes.length - frame))] = byte;
          decode(codec, damaged);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  const header = Buffer.from('0050000005', 'hex'); // of a dead letter
  const long = (value: number): Buffer => avro.Type.forSchema('long').toBuffer(value);

  it('do not make us believe in more items than there are bytes', () => {
    const beforeHeaders = Buffer.concat([
      header,
      long(1),
      Buffer.from('t'),
      long(0),
      long(0),
      long(0),
      long(0),
      long(0),
    ]);
    for (const count of [2 ** 40, -(2 ** 40)])
      expect(() => deadLetterCodec.decode(Buffer.concat([beforeHeaders, long(count), long(0)]))).toThrow(
        'items cannot be in',
      );
  });

  it('do not make us allocate the length that they claim', () => {
    expect(() => deadLetterCodec.decode(Buffer.concat([header, long(2 ** 40)]))).toThrow('the record is cut off');
    expect(() => deadLetterCodec.decode(Buffer.concat([header, long(-1)]))).toThrow('a length is negative');
  });

  it('do not smuggle a prototype in', () => {
    const letter = {
      topic: 't',
      partition: 0,
      offset: 0,
      timestamp: 0,
      headers: { XXproto__: new Uint8Array(1) },
      reason: '',
      at: 0,
    };
    const bytes = Buffer.from(deadLetterCodec.encode(letter));
    bytes.write('__', bytes.indexOf('XX'), 'latin1');
    const { headers } = deadLetterCodec.decode(bytes);
    expect(Object.entries(headers)).toEqual([['__proto__', Buffer.alloc(1)]]);
    expect(Object.getPrototypeOf(headers)).toBe(Object.prototype);
    expect(Buffer.from(deadLetterCodec.encode({ ...letter, headers }))).toEqual(bytes);
  });

  it('are no integers beyond what a number holds', () => {
    const reply = codecs['reply']!.encode({
      instance: '',
      correlation: 2 ** 53 - 1,
      outcome: { kind: 'deferred' },
      partition: 0,
      offset: 0,
    });
    const at = frame + 1; // correlation, eight bytes
    expect(codecs['reply']!.decode(reply)).toMatchObject({ correlation: 2 ** 53 - 1 });
    const larger = Buffer.concat([
      reply.subarray(0, at),
      Buffer.from('feffffffffffffff7f', 'hex'),
      reply.subarray(at + 8),
    ]);
    expect(() => codecs['reply']!.decode(larger)).toThrow('larger than 2^53');
    const endless = Buffer.concat([reply.subarray(0, at), Buffer.alloc(40, 0xff)]);
    expect(() => codecs['reply']!.decode(endless)).toThrow('more than 64 bits');
  });

  it('are no text when they are not UTF-8', () => {
    const letter = {
      topic: 'x',
      partition: 0,
      offset: 0,
      timestamp: 0,
      headers: {},
      reason: 'a reason that is longer than some',
      at: 0,
    };
    const bytes = Buffer.from(deadLetterCodec.encode(letter));
    bytes[bytes.indexOf('reason')] = 0xff;
    expect(() => deadLetterCodec.decode(bytes)).toThrow('not UTF-8');
    // The character that stands for broken text is a character too.
    const replacement = { ...letter, reason: 'a \uFFFD on purpose' };
    expect(deadLetterCodec.decode(deadLetterCodec.encode(replacement)).reason).toBe(replacement.reason);
  });

  it('are no answers nested without end', () => {
    const nested = Buffer.concat([
      Buffer.from('00500000030000', 'hex'),
      Buffer.alloc(1_000_000, Buffer.from('0402', 'hex')),
    ]);
    expect(() => codecs['reply']!.decode(nested)).toThrow('nested too deeply');
  });
});

describe('a codec', () => {
  const decision: Decided = {
    kind: 'decision',
    epoch: 1,
    index: 2,
    effectsDone: 0,
    at: 1763726400123,
    aggregate: 'order-1' as Decided['aggregate'],
    version: 3,
    cause: { kind: 'timer' },
    outcome: { kind: 'accepted' },
    events: [{ type: 'VariablesSet', values: Payload.of({ a: 1 }) }],
  };

  it('carries user data as a view into what it read, not as a copy', () => {
    const bytes = journalCodec.encode(decision);
    const [event] = (journalCodec.decode(bytes) as Decided).events;
    const { values } = event as { readonly values: Payload };
    expect(values.bytes.buffer).toBe(bytes.buffer);
    expect(values.value).toEqual({ a: 1 });
  });

  it('leaves absent properties absent', () => {
    const read = journalCodec.decode(journalCodec.encode(decision));
    expect(Object.keys(read)).toEqual(Object.keys(decision));
  });

  it('hands out records that later ones do not overwrite', () => {
    const first = journalCodec.encode(decision);
    const copy = Buffer.from(first);
    journalCodec.encode({ ...decision, index: 999, epoch: 999 });
    expect(Buffer.from(first).equals(copy)).toBe(true);
  });

  it('writes records of any size', () => {
    const big = {
      ...decision,
      events: [{ type: 'VariablesSet', values: Payload.of({ text: 'ü'.repeat(2_000_000) }) }],
    } as Decided;
    expect(journalCodec.encode(big).length).toBeGreaterThan(4_000_000);
    expect(plain(journalCodec.decode(journalCodec.encode(big)))).toEqual(plain(big));
    expect(plain(journalCodec.decode(journalCodec.encode(decision)))).toEqual(plain(decision));
  });

  it('takes what it reads from a plain Uint8Array as well as from a Buffer', () => {
    expect(plain(journalCodec.decode(new Uint8Array(journalCodec.encode(decision))))).toEqual(plain(decision));
  });

  it('says so when a record is none of its kind', () => {
    const bytes = journalCodec.encode(decision);
    expect(() => taskCodec.decode(bytes)).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_SCHEMA',
        message: `schema id ${schemaIds['journal-record']} is none of a task`,
      }),
    );
    expect(() => taskCodec.decode(Buffer.from('{"a":1}'))).toThrow(expect.objectContaining({ code: 'MALFORMED' }));
  });

  it.each([
    ['a number with a fraction', { version: 1.5 }, 'is no integer'],
    ['a number that is none', { at: Number.NaN }, 'is no integer'],
    ['a number too large', { at: 2 ** 53 }, 'is no integer'],
    ['an outcome that nobody defined', { outcome: { kind: 'perhaps' } }, 'no Outcome is called perhaps'],
    ['an event that nobody defined', { events: [{ type: 'Teleported' }] }, 'no DomainEvent is called Teleported'],
    [
      'a status that nobody defined',
      { events: [{ type: 'TaskEnded', taskId: 'a', status: 'LOST', output: Payload.empty, retried: false }] },
      '"LOST" is none of',
    ],
  ])('refuses %s as a defect of ours', (_, wrong, why) => {
    expect(() => journalCodec.encode({ ...decision, ...wrong } as Decided)).toThrow(
      expect.objectContaining({ name: 'Defect', message: expect.stringContaining(why) }),
    );
  });
});
