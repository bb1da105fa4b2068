const c1 = 0x239b961b;
const c2 = 0xab0e9789;
const c3 = 0x38b34ae5;
const c4 = 0xa1e38b93;

/**
 * Names content by its bytes: 128 bits as 32 hex digits. MurmurHash3 (x86, 128 bit): well mixed and quick in plain
 * integers. It is not meant to withstand somebody who searches for collisions.
 */
export function contentHash(bytes: Uint8Array, seed = 0): string {
  return hash128(bytes, seed)
    .map((word) => (word >>> 0).toString(16).padStart(8, '0'))
    .join('');
}

/** 32 well mixed bits of a text: for values that must look random and be the same for everybody. */
export function hash32(text: string): number {
  let h = 0x2545f491;
  for (let i = 0; i < text.length; i++) h = Math.imul(rotate(h ^ text.charCodeAt(i), 13), 0x9e3779b1);
  return finish(h ^ text.length) >>> 0;
}

function hash128(bytes: Uint8Array, seed: number): [number, number, number, number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const blocks = bytes.length & ~15;
  let h1 = seed;
  let h2 = seed;
  let h3 = seed;
  let h4 = seed;
  for (let i = 0; i < blocks; i += 16) {
    h1 ^= scramble(view.getInt32(i, true), c1, 15, c2);
    h1 = (Math.imul(rotate(h1, 19) + h2, 5) + 0x561ccd1b) | 0;
    h2 ^= scramble(view.getInt32(i + 4, true), c2, 16, c3);
    h2 = (Math.imul(rotate(h2, 17) + h3, 5) + 0x0bcaa747) | 0;
    h3 ^= scramble(view.getInt32(i + 8, true), c3, 17, c4);
    h3 = (Math.imul(rotate(h3, 15) + h4, 5) + 0x96cd1c35) | 0;
    h4 ^= scramble(view.getInt32(i + 12, true), c4, 18, c1);
    h4 = (Math.imul(rotate(h4, 13) + h1, 5) + 0x32ac3b17) | 0;
  }
  const tail = [0, 0, 0, 0];
  for (let i = blocks; i < bytes.length; i++) {
    const at = (i - blocks) >> 2;
    tail[at] = (tail[at] ?? 0) | ((bytes[i] ?? 0) << (8 * ((i - blocks) & 3)));
  }
  h1 ^= scramble(tail[0] ?? 0, c1, 15, c2);
  h2 ^= scramble(tail[1] ?? 0, c2, 16, c3);
  h3 ^= scramble(tail[2] ?? 0, c3, 17, c4);
  h4 ^= scramble(tail[3] ?? 0, c4, 18, c1);

  h1 ^= bytes.length;
  h2 ^= bytes.length;
  h3 ^= bytes.length;
  h4 ^= bytes.length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = finish((h2 + h1) | 0);
  h3 = finish((h3 + h1) | 0);
  h4 = finish((h4 + h1) | 0);
  h1 = finish(h1);
  h1 = (h1 + h2 + h3 + h4) | 0;
  return [h1, (h2 + h1) | 0, (h3 + h1) | 0, (h4 + h1) | 0];
}

const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by));
const scramble = (k: number, a: number, by: number, b: number): number => Math.imul(rotate(Math.imul(k, a), by), b);

function finish(h: number): number {
  let x = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}
