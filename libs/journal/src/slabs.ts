import { aggregateId, invariant, type AggregateId } from '@partitura/model';

/** Records one behind the other: length and slot (four bytes each), length of the id (two), id, body. */
interface Slab {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  end: number;
  /** Bytes of records that were not deleted. */
  kept: number;
}

/**
 * Short records by slot, in few large buffers: a buffer for each would take more than what is in it. Where most of a slab
 * was deleted, the rest moves into the one that is being filled.
 */
export class Slabs {
  readonly #slabs: (Slab | undefined)[] = [];
  readonly #free: number[] = [];
  #filling = -1;
  /** By slot: number of the slab × 2^32 + offset; -1: nothing. */
  #places = new Float64Array(0);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(slot: number): boolean {
    return (this.#places[slot] ?? -1) >= 0;
  }

  /** Whether the record in this slot is of this id, without making a text of it. */
  isOf(slot: number, id: AggregateId): boolean {
    const { slab, at } = this.#place(slot);
    if (id.length !== slab.view.getUint16(at + 8)) return false;
    const begin = at + headBytes;
    for (let i = 0; i < id.length; i++) if (slab.bytes[begin + i] !== id.charCodeAt(i)) return false;
    return true;
  }

  idAt(slot: number): AggregateId {
    const { slab, at } = this.#place(slot);
    const begin = at + headBytes;
    return aggregateId(String.fromCharCode(...slab.bytes.subarray(begin, begin + slab.view.getUint16(at + 8))));
  }

  /** A view that holds until something is put or deleted. */
  bodyAt(slot: number): Uint8Array {
    const { slab, at } = this.#place(slot);
    const { bytes, view } = slab;
    return bytes.subarray(at + headBytes + view.getUint16(at + 8), at + view.getUint32(at));
  }

  /** @param id Of units below 128 alone. */
  put(slot: number, id: AggregateId, body: Uint8Array): void {
    const length = headBytes + id.length + body.length;
    const { slab, at } = this.#room(slot, length);
    slab.view.setUint32(at, length);
    slab.view.setUint32(at + 4, slot);
    slab.view.setUint16(at + 8, id.length);
    for (let i = 0; i < id.length; i++) slab.bytes[at + headBytes + i] = id.charCodeAt(i);
    slab.bytes.set(body, at + headBytes + id.length);
    this.#size += 1;
  }

  delete(slot: number): void {
    const place = this.#places[slot] ?? -1;
    const number = Math.floor(place / placesPerSlab);
    const slab = this.#slabs[number];
    if (place < 0 || slab === undefined) return;
    this.#places[slot] = -1;
    this.#size -= 1;
    slab.kept -= slab.view.getUint32(place % placesPerSlab);
    if (number !== this.#filling && slab.kept * 4 <= slab.end) this.#moveAll(number, slab);
  }

  #moveAll(number: number, slab: Slab): void {
    for (let at = 0; at < slab.end;) {
      const length = slab.view.getUint32(at);
      const slot = slab.view.getUint32(at + 4);
      if (this.#places[slot] === number * placesPerSlab + at) {
        const to = this.#room(slot, length);
        to.slab.bytes.set(slab.bytes.subarray(at, at + length), to.at);
      }
      at += length;
    }
    this.#slabs[number] = undefined;
    this.#free.push(number);
  }

  #place(slot: number): { readonly slab: Slab; readonly at: number } {
    const place = this.#places[slot] ?? -1;
    const slab = this.#slabs[Math.floor(place / placesPerSlab)];
    invariant(place >= 0 && slab !== undefined, `nothing is packed in slot ${slot}`);
    return { slab, at: place % placesPerSlab };
  }

  /** A place of this length, which is the slot's from now on. */
  #room(slot: number, length: number): { readonly slab: Slab; readonly at: number } {
    let slab = this.#slabs[this.#filling];
    if (slab === undefined || slab.end + length > slab.bytes.length) {
      const bytes = new Uint8Array(Math.max(slabBytes, length));
      slab = { bytes, view: new DataView(bytes.buffer), end: 0, kept: 0 };
      this.#filling = this.#free.pop() ?? this.#slabs.length;
      this.#slabs[this.#filling] = slab;
    }
    const at = slab.end;
    slab.end += length;
    slab.kept += length;
    if (slot >= this.#places.length) this.#places = grown(this.#places, slot);
    this.#places[slot] = this.#filling * placesPerSlab + at;
    return { slab, at };
  }
}

const headBytes = 10;
const slabBytes = 256 * 1024;
const placesPerSlab = 2 ** 32;

function grown(places: Float64Array, slot: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(Math.max(1_024, slot + 1, Math.ceil(places.length * 1.5))).fill(-1);
  larger.set(places);
  return larger;
}
