/** What members of Kafka consumer groups tell each other, as every client writes it (version 0 of both). */
import { Writer } from '../wire/writer.ts';

export interface Subscription {
  readonly topics: readonly string[];
  readonly userData: Uint8Array;
}
export interface Assignment {
  readonly partitions: ReadonlyMap<string, readonly number[]>;
  readonly userData: Uint8Array;
}

export function encodeSubscription({ topics, userData }: Subscription): Buffer {
  const out = new Writer(2 + 4 + topics.reduce((sum, topic) => sum + 2 + topic.length, 0) + 4 + userData.length);
  out.int16(0);
  out.int32(topics.length);
  for (const topic of topics) out.string(topic);
  out.int32(userData.length);
  out.raw(userData);
  return out.bytes;
}

/** Later versions only add to the end. Throws RangeError on anything that is no subscription. */
export function decodeSubscription(bytes: Buffer): Subscription {
  const read = new Cursor(bytes);
  read.skip(2);
  const topics = read.list(() => read.string());
  return { topics, userData: read.blob() };
}

export function encodeAssignment({ partitions, userData }: Assignment): Buffer {
  let size = 2 + 4 + 4 + userData.length;
  for (const [topic, numbers] of partitions) size += 2 + topic.length + 4 + 4 * numbers.length;
  const out = new Writer(size);
  out.int16(0);
  out.int32(partitions.size);
  for (const [topic, numbers] of partitions) {
    out.string(topic);
    out.int32(numbers.length);
    for (const number of numbers) out.int32(number);
  }
  out.int32(userData.length);
  out.raw(userData);
  return out.bytes;
}

/** No bytes at all mean: nothing. Throws RangeError on anything that is no assignment. */
export function decodeAssignment(bytes: Buffer): Assignment {
  if (bytes.length === 0) return { partitions: new Map(), userData: nothing };
  const read = new Cursor(bytes);
  read.skip(2);
  const partitions = new Map(read.list(() => [read.string(), read.list(() => read.int32())] as const));
  return { partitions, userData: read.blob() };
}

const nothing = new Uint8Array(0);

class Cursor {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }
  skip(count: number): void {
    this.#at += count;
  }
  int32(): number {
    return this.#bytes.readInt32BE((this.#at += 4) - 4);
  }
  string(): string {
    const length = this.#bytes.readInt16BE((this.#at += 2) - 2);
    return this.#bytes.toString('utf8', this.#at, (this.#at += length));
  }
  list<T>(item: () => T): T[] {
    const count = this.int32();
    // Each item has at least two bytes, so a count beyond that is not from a consumer.
    if (count > this.#bytes.length) throw new RangeError(`a list of ${count} in ${this.#bytes.length} bytes`);
    return Array.from({ length: Math.max(count, 0) }, item);
  }
  blob(): Uint8Array {
    if (this.#at + 4 > this.#bytes.length) return nothing;
    const length = this.int32();
    return length <= 0 ? nothing : this.#bytes.subarray(this.#at, (this.#at += length));
  }
}
