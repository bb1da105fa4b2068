import { describe, expect, it } from '@jest/globals';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe('bytes of a snapshot', () => {
  it.each(['', 'a', 'ä', 'abcä', '語', '😀', 'x'.repeat(127), 'x'.repeat(128), `${'x'.repeat(126)}ä`, '\u0000\u007f'])(
    'give the text %j back',
    (text) => {
      const to = new ByteWriter();
      to.text(text);
      to.count(7);
      const from = new ByteReader(to.finish());
      expect([from.text(), from.count()]).toEqual([text, 7]);
    },
  );

  it('give similar ones back, and hold only what is different', () => {
    const all = Array.from({ length: 100 }, (_, n) => `{"name":"${'a'.repeat(300)}","n":${n},"more":[1,2,3]}`);
    const odd = ['', 'x', ...all, '', all[0]!.slice(0, 50), all[0]!, all[0]! + all[0]!];
    const to = new ByteWriter();
    for (const text of odd) to.similar(bytesOf(text));
    const bytes = to.finish();
    const from = new ByteReader(bytes);
    expect(odd.map(() => textOf(from.similar()))).toEqual(odd);
    expect(bytes.length).toBeLessThan(4_000);
  });

  it('that repeat more than there was are refused', () => {
    const to = new ByteWriter();
    to.count(3);
    to.count(0);
    to.bytes(new Uint8Array(0));
    expect(() => new ByteReader(to.finish()).similar()).toThrow('repeats more');
  });
});
