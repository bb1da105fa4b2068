import { invariant, Payload } from '@partitura/model';

const decoder = new TextDecoder('utf-8', { fatal: true });
const nothing: Uint8Array = new Uint8Array(0);

/** Reads what a ByteWriter wrote; throws a Defect where the bytes end too early. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #names: string[] = [];
  #similar = nothing;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** What follows was written by another writer: it names nothing that was before. */
  forget(): void {
    this.#names = [];
    this.#similar = nothing;
  }

  count(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.#bytes[this.#at++];
      invariant(byte !== undefined, 'the snapshot ends too early');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  integer(): number {
    const value = this.count();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  text(): string {
    return decoder.decode(this.bytes());
  }

  name(): string {
    const number = this.count();
    if (number > 0) {
      const known = this.#names[number - 1];
      invariant(known !== undefined, 'the snapshot names a text that it did not write');
      return known;
    }
    const value = this.text();
    this.#names.push(value);
    return value;
  }

  payload(): Payload {
    const bytes = this.bytes();
    return bytes.length === 2 && bytes[0] === 0x7b && bytes[1] === 0x7d ? Payload.empty : Payload.fromBytes(bytes);
  }

  similar(): Uint8Array {
    const [head, tail] = [this.count(), this.count()];
    const middle = this.bytes();
    const before = this.#similar;
    invariant(head + tail <= before.length, 'the snapshot repeats more than there was');
    const value = new Uint8Array(head + middle.length + tail);
    value.set(before.subarray(0, head));
    value.set(middle, head);
    value.set(before.subarray(before.length - tail), head + middle.length);
    this.#similar = value;
    return value;
  }

  /** A view, not a copy. */
  bytes(): Uint8Array {
    const length = this.count();
    const end = this.#at + length;
    invariant(end <= this.#bytes.length, 'the snapshot ends too early');
    const view = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return view;
  }

  optional<T>(read: () => T): T | undefined {
    return this.count() === 0 ? undefined : read();
  }

  list<T>(read: () => T): T[] {
    return Array.from({ length: this.count() }, read);
  }
}
