import { describe, expect, it } from '@jest/globals';
import type { Json } from '@partitura/model';
import { resolveSecrets } from './secrets.ts';

const secrets: Readonly<Record<string, string>> = {
  KEY: 's3cret',
  DB: '{"user":"u","ports":[1,2]}',
  'dotted.name': 'd',
};
const resolve = (value: Json): Json => resolveSecrets(value, (name) => secrets[name]);

describe('secrets at hand-out', () => {
  it.each<[Json, Json]>([
    ['${workflow.secrets.KEY}', 's3cret'],
    ['${workflow.secrets.NONE}', null],
    ['Bearer ${workflow.secrets.KEY}!', 'Bearer s3cret!'],
    ['Bearer ${workflow.secrets.NONE}!', 'Bearer !'],
    ['${workflow.secrets.DB.user}', 'u'],
    ['${workflow.secrets.DB.ports}', [1, 2]],
    ['p=${workflow.secrets.DB.ports[1]}', 'p=2'],
    ['${workflow.secrets.KEY.user}', null],
    ['${workflow.secrets.dotted.name}', 'd'],
    ['a ${workflow.secrets.KEY} b ${workflow.secrets.DB.user}', 'a s3cret b u'],
    [
      { h: ['${workflow.secrets.KEY}'], n: 1 },
      { h: ['s3cret'], n: 1 },
    ],
  ])('%j', (value, resolved) => {
    expect(resolve(value)).toEqual(resolved);
  });

  it('an input without secrets comes back as the same object', () => {
    const input = { a: ['${workflow.input.x}', { b: 1 }] };
    expect(resolve(input)).toBe(input);
  });

  it('a secret that looks like a reference or a replacement pattern is put in as it is', () => {
    const resolved = resolveSecrets('x ${workflow.secrets.A}', () => '$& ${workflow.secrets.B}');
    expect(resolved).toBe('x $& ${workflow.secrets.B}');
  });

  it('data nested too deeply is refused, not a stack overflow', () => {
    expect(() => resolve(JSON.parse('['.repeat(5000) + ']'.repeat(5000)) as Json)).toThrow('nested deeper');
  });
});
