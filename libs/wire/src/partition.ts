const seed = 0x9747b28c;
const m = 0x5bd1e995;

let encoded = new Uint8Array(1024);
const encoder = new TextEncoder();

/**
 * The partition that an aggregate lives in, as Kafka's default partitioner chooses it for a record with this key:
 * murmur2 of the UTF-8 bytes, made positive by cutting the sign bit off, modulo the number of partitions.
 */
export function partitionOf(aggregate: string, partitions: number): number {
  return (murmur2(aggregate) & 0x7fffffff) % partitions;
}

/** The same for a key that is no text of ours. */
export function partitionOfKey(key: Uint8Array, partitions: number): number {
  return (murmur2OfBytes(key, key.length) & 0x7fffffff) % partitions;
}

/** Kafka's 32-bit variant of murmur2, as a signed integer. */
export function murmur2(text: string): number {
  const length = text.length;
  let h = seed ^ length;
  let i = 0;
  let ored = 0;
  // Ids are ASCII nearly always; then the characters are the bytes and nothing needs to be encoded.
  for (; i + 4 <= length; i += 4) {
    const a = text.charCodeAt(i);
    const b = text.charCodeAt(i + 1);
    const c = text.charCodeAt(i + 2);
    const d = text.charCodeAt(i + 3);
    ored |= a | b | c | d;
    h = mixWord(h, a | (b << 8) | (c << 16) | (d << 24));
  }
  let tail = 0;
  for (let shift = 0; i < length; i++, shift += 8) {
    const code = text.charCodeAt(i);
    ored |= code;
    tail |= code << shift;
  }
  if (ored > 0x7f) return murmur2OfEncoded(text);
  return avalanche((length & 3) === 0 ? h : Math.imul(h ^ tail, m));
}

function murmur2OfEncoded(text: string): number {
  if (encoded.length < text.length * 3) encoded = new Uint8Array(text.length * 3);
  return murmur2OfBytes(encoded, encoder.encodeInto(text, encoded).written);
}

function murmur2OfBytes(bytes: Uint8Array, length: number): number {
  const byte = (at: number): number => bytes[at] as number;
  let h = seed ^ length;
  let i = 0;
  for (; i + 4 <= length; i += 4)
    h = mixWord(h, byte(i) | (byte(i + 1) << 8) | (byte(i + 2) << 16) | (byte(i + 3) << 24));
  if (i < length) {
    let tail = 0;
    for (let shift = 0; i < length; i++, shift += 8) tail |= byte(i) << shift;
    h = Math.imul(h ^ tail, m);
  }
  return avalanche(h);
}

function mixWord(h: number, word: number): number {
  let k = Math.imul(word, m);
  k ^= k >>> 24;
  return Math.imul(h, m) ^ Math.imul(k, m);
}

function avalanche(hash: number): number {
  let h = hash ^ (hash >>> 13);
  h = Math.imul(h, m);
  return h ^ (h >>> 15);
}
