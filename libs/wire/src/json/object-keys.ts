import { quoted } from '../avro/malformed.ts';
import { limits } from '../limits.ts';

const proto = Buffer.from('"__proto__"');
const protoRefused = 'the key __proto__ is not allowed';
const repeated = (key: string): string => `the key ${quoted(key)} is there twice`;
const comparedInPlace = 16;

/** One object of the text, while it is being passed. */
export interface OpenObject {
  readonly firstKey: number;
  keys: number;
  /** Once keys are many, or one is in disguise. */
  texts: Set<string> | undefined;
}

/**
 * The keys of all objects that are open at some place of a JSON text. Few plain keys are compared as they lie there,
 * byte by byte; only many of them, or those with escapes, are worth making texts of.
 */
export class ObjectKeys {
  readonly #bytes: Buffer;
  /** Where plain keys begin and end, two numbers each; those of inner objects behind those of outer ones. */
  readonly #places: number[] = [];
  #count = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  open(): OpenObject {
    return { firstKey: this.#count, keys: 0, texts: undefined };
  }

  close(object: OpenObject): void {
    this.#count = object.firstKey;
  }

  /** Adds the key between `from` and `to`, quotes included; answers why it must not be there. */
  add(object: OpenObject, from: number, to: number, escaped: boolean): string | undefined {
    if (++object.keys > limits.jsonKeys) return `an object has more than ${limits.jsonKeys} keys`;
    if (object.texts === undefined && (escaped || object.keys > comparedInPlace)) object.texts = this.#textsOf(object);
    return object.texts === undefined ? this.#addPlace(object, from, to) : addText(object.texts, this.textOf(from, to));
  }

  /** A text that lies between its quotes, escapes undone. */
  textOf(from: number, to: number): string {
    const raw = this.#bytes.toString('utf8', from, to);
    return raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1);
  }

  #addPlace({ firstKey }: OpenObject, from: number, to: number): string | undefined {
    const places = this.#places;
    for (let i = firstKey; i < this.#count; i++)
      if (this.#isSame(from, to, places[2 * i] as number, places[2 * i + 1] as number))
        return repeated(this.textOf(from, to));
    if (to - from === proto.length && proto.compare(this.#bytes, from, to) === 0) return protoRefused;
    places[2 * this.#count] = from;
    places[2 * this.#count + 1] = to;
    this.#count++;
    return undefined;
  }

  #isSame(from: number, to: number, otherFrom: number, otherTo: number): boolean {
    const bytes = this.#bytes;
    if (to - from !== otherTo - otherFrom) return false;
    for (let i = from, j = otherFrom; i < to; i++, j++) if (bytes[i] !== bytes[j]) return false;
    return true;
  }

  #textsOf({ firstKey }: OpenObject): Set<string> {
    const texts = new Set<string>();
    for (let i = firstKey; i < this.#count; i++)
      texts.add(this.textOf(this.#places[2 * i] as number, this.#places[2 * i + 1] as number));
    return texts;
  }
}

function addText(texts: Set<string>, key: string): string | undefined {
  if (key === '__proto__') return protoRefused;
  if (texts.has(key)) return repeated(key);
  texts.add(key);
  return undefined;
}
