/** Longest text that is looked up, in bytes. */
export const shortTextBytes = 24;
const slots = 1024;

/**
 * Names of workflows, task types, references and workers come again and again. Comparing some bytes with the text that
 * was made of them last time costs less than making it anew, and the text is one object however many records hold it.
 *
 * A slot keeps what fell into it last; nothing grows.
 */
export class ShortTexts {
  readonly #texts = new Array<string>(slots).fill('');

  /** The text of these ASCII bytes; undefined when they are not ASCII. */
  find(bytes: Uint8Array, at: number, length: number): string | undefined {
    let hash = length;
    const end = at + length;
    for (let i = at; i < end; i++) hash = (Math.imul(hash, 31) + (bytes[i] as number)) | 0;
    const slot = (hash ^ (hash >>> 10) ^ (hash >>> 20)) & (slots - 1);
    const text = this.#texts[slot] as string;
    if (text.length === length && isSame(text, bytes, at)) return text;
    const fresh = asciiOf(bytes, at, end);
    if (fresh !== undefined) this.#texts[slot] = fresh;
    return fresh;
  }
}

function isSame(text: string, bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[at + i]) return false;
  return true;
}

function asciiOf(bytes: Uint8Array, at: number, end: number): string | undefined {
  let text = '';
  for (let i = at; i < end; i++) {
    const byte = bytes[i] as number;
    if (byte > 0x7f) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}
