import { describe, expect, it } from '@jest/globals';
import { crc32c } from './crc32c.ts';

describe('CRC32C', () => {
  it.each([
    ['nothing', Buffer.alloc(0), 0x00000000],
    ['the digits', Buffer.from('123456789'), 0xe3069283],
    // RFC 3720, B.4
    ['32 zeros', Buffer.alloc(32), 0x8a9136aa],
    ['32 ones', Buffer.alloc(32, 0xff), 0x62a8ab43],
    ['32 rising bytes', Buffer.from(Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e],
    ['32 falling bytes', Buffer.from(Array.from({ length: 32 }, (_, i) => 31 - i)), 0x113fdb5c],
  ])('of %s is as published', (_, bytes, crc) => {
    expect(crc32c(bytes)).toBe(crc);
  });

  it('goes on from the checksum of what comes before, at any cut', () => {
    const bytes = Buffer.from(Array.from({ length: 50 }, (_, i) => (i * 37) & 255));
    for (let cut = 0; cut <= 50; cut++) expect(crc32c(bytes, cut, 50, crc32c(bytes, 0, cut))).toBe(crc32c(bytes));
  });
});
