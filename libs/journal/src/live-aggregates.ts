import type { AggregateId } from '@partitura/model';
import { holdsCommands, newAggregate, type Aggregate } from './aggregate.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import { PackedIds } from './packed-ids.ts';
import type { Domain } from './ports.ts';
import { Slabs } from './slabs.ts';
import { readRepeats, writeRepeats } from './snapshot.ts';

/**
 * The live aggregates of a partition, by id. Those that were in use lately are objects; of the others, once there are
 * more than so many, a few hundred bytes are kept, from which they come back as soon as anybody asks for them.
 *
 * While it is live an aggregate has a number, its slot: whoever has to remember very many remembers that.
 */
export class LiveAggregates {
  readonly #domain: Domain;
  readonly #residentMost: number;
  readonly #resident = new Map<AggregateId, Aggregate>();
  /** By slot; undefined: packed, or free. */
  readonly #bySlot: (Aggregate | undefined)[] = [];
  readonly #free: number[] = [];
  readonly #slabs = new Slabs();
  readonly #ids = new PackedIds(this.#slabs);
  /** Goes round those that are objects; who was not used since it came by last is packed. */
  #hand: MapIterator<Aggregate> | undefined;

  constructor(domain: Domain, residentMost: number) {
    this.#domain = domain;
    this.#residentMost = residentMost;
  }

  get size(): number {
    return this.#resident.size + this.#slabs.size;
  }

  get(id: AggregateId): Aggregate | undefined {
    const known = this.#resident.get(id);
    if (known !== undefined) {
      known.used = true;
      return known;
    }
    if (this.#slabs.size === 0) return undefined;
    const slot = this.#ids.find(id);
    return slot < 0 ? undefined : this.#unpack(slot);
  }

  /** The aggregate in a slot, if there is one. */
  at(slot: number): Aggregate | undefined {
    const known = this.#bySlot[slot];
    if (known !== undefined) known.used = true;
    return known ?? (this.#slabs.has(slot) ? this.#unpack(slot) : undefined);
  }

  /** Also instead of another one of this id, whose slot it takes over. */
  set(id: AggregateId, aggregate: Aggregate): void {
    const slot = this.#slotOf(id) ?? this.#free.pop() ?? this.#bySlot.length;
    aggregate.slot = slot;
    aggregate.used = true;
    this.#bySlot[slot] = aggregate;
    this.#resident.set(id, aggregate);
  }

  delete(id: AggregateId): void {
    const slot = this.#slotOf(id);
    if (slot === undefined) return;
    this.#resident.delete(id);
    this.#bySlot[slot] = undefined;
    this.#free.push(slot);
  }

  /**
   * All of them, also if they change meanwhile: one that is live all the time is met. Those that are packed stay so; what
   * is done to the object that stands for one is forgotten, unless it is set.
   */
  *values(): Generator<Aggregate, undefined> {
    for (let slot = 0; slot < this.#bySlot.length; slot++) {
      const aggregate = this.#bySlot[slot] ?? (this.#slabs.has(slot) ? this.#read(slot) : undefined);
      if (aggregate !== undefined) yield aggregate;
    }
    return undefined;
  }

  /** Packs what has not been used lately, at most so many. To be called where nobody holds an aggregate. */
  pack(most: number): void {
    let over = Math.min(most, this.#resident.size - this.#residentMost);
    for (let left = 4 * over; over > 0 && left > 0; left--) {
      this.#hand ??= this.#resident.values();
      const next = this.#hand.next();
      if (next.done === true) {
        this.#hand = undefined;
      } else if (next.value.used) {
        next.value.used = false;
      } else if (isPackable(this.#domain, next.value)) {
        this.#pack(next.value);
        over -= 1;
      }
    }
  }

  #pack(aggregate: Aggregate): void {
    const { id, slot } = aggregate;
    const body = packed(this.#domain, aggregate);
    this.#slabs.put(slot, id, body);
    this.#ids.add(id, slot);
    this.#resident.delete(id);
    this.#bySlot[slot] = undefined;
  }

  #unpack(slot: number): Aggregate {
    const aggregate = this.#read(slot);
    this.#forget(slot, aggregate.id);
    aggregate.used = true;
    this.#bySlot[slot] = aggregate;
    this.#resident.set(aggregate.id, aggregate);
    return aggregate;
  }

  #read(slot: number): Aggregate {
    // A copy: what the state keeps of it must not hold on to the whole slab.
    return unpacked(this.#domain, this.#slabs.idAt(slot), slot, this.#slabs.bodyAt(slot).slice());
  }

  #forget(slot: number, id: AggregateId): void {
    this.#ids.delete(id, slot);
    this.#slabs.delete(slot);
  }

  /** The slot of this id, which is not packed afterwards. */
  #slotOf(id: AggregateId): number | undefined {
    const known = this.#resident.get(id);
    if (known !== undefined) return known.slot;
    const slot = this.#slabs.size === 0 ? -1 : this.#ids.find(id);
    if (slot < 0) return undefined;
    this.#forget(slot, id);
    return slot;
  }
}

/** Nothing but its state and what it remembers; and not so large that writing it takes long. */
function isPackable(domain: Domain, aggregate: Aggregate): boolean {
  const { version, unfoldable, broken, id, state } = aggregate;
  if (version === 0 || holdsCommands(aggregate) || (unfoldable ?? broken) !== undefined) return false;
  return isPlain(id) && !domain.hasPostponedWork(state) && domain.stateEncoder?.(state) === undefined;
}

/** Whether every unit of the text is a byte. */
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x80) return false;
  return true;
}

function packed(domain: Domain, aggregate: Aggregate): Uint8Array {
  const w = new ByteWriter(512);
  w.number(aggregate.startIndex);
  w.number(aggregate.version);
  w.number(aggregate.baseIndex);
  w.number(aggregate.request);
  writeRepeats(w, aggregate.repeats);
  w.bytes(domain.encodeState(aggregate.state));
  return w.view();
}

function unpacked(domain: Domain, id: AggregateId, slot: number, body: Uint8Array): Aggregate {
  const r = new ByteReader(body);
  const aggregate = newAggregate(id, domain.initial);
  aggregate.slot = slot;
  aggregate.startIndex = r.number();
  aggregate.version = r.number();
  aggregate.baseIndex = r.number();
  aggregate.request = r.number();
  aggregate.repeats = readRepeats(r);
  aggregate.state = domain.decodeState(domain.stateVersion, r.bytes());
  return aggregate;
}
