import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { codecs, goldens, manifest, plain, readJson, revive } from './golden.fixture.ts';
import { schemaIds } from './generated/schemas.ts';

/** As libs/wire/scripts/fingerprint.mjs makes it, written down a second time on purpose. */
function fingerprintOf(file: string): string {
  const text = JSON.stringify(readJson(file), (key, value: unknown) => (key === 'doc' ? undefined : value));
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

describe('the manifest of schemas', () => {
  it('gives ids from 0x50000000 up, each once, in order', () => {
    expect(manifest.map(({ id }) => id)).toEqual(manifest.map((_, i) => 0x50000000 + i));
  });

  it.each(manifest)('$file means what it meant when it got its id', ({ file, fingerprint }) => {
    expect(fingerprintOf(file)).toBe(fingerprint);
  });

  it('writes each kind of record under its newest id', () => {
    const newest = Object.fromEntries(manifest.map(({ name, id }) => [name, id]));
    expect(schemaIds).toEqual(newest);
  });

  it.each(manifest)('$name: golden bytes were sealed for id $id and the same schema', ({ id, name, fingerprint }) => {
    expect(goldens.find((golden) => golden.id === id)).toMatchObject({ schema: name, fingerprint });
  });
});

describe.each(goldens)('golden bytes of $schema, id $id', ({ schema, id, cases }) => {
  const codec = codecs[schema]!;
  it('decode to the records that they were made of', () => {
    const decoded = cases.map(({ hex }) => plain(codec.decode(Buffer.from(hex, 'hex'))));
    expect(decoded).toEqual(cases.map(({ record }) => record));
  });

  // Under older ids nothing is written any more.
  if (schemaIds[schema as keyof typeof schemaIds] === id)
    it('come out of the same records again', () => {
      const encoded = cases.map(({ record }) => Buffer.from(codec.encode(revive(record))).toString('hex'));
      expect(encoded).toEqual(cases.map(({ hex }) => hex));
    });
});
