import { Payload, type AggregateId, type Outcome, type ReplyAddress } from '@partitura/model';
import { newAggregate, noneHeld, type Aggregate, type Held } from './aggregate.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import type { Closing } from './closed-set.ts';
import type { Domain } from './ports.ts';
import type { Remembered, Repeats } from './repeats.ts';

/**
 * Bodies of snapshot entries. The decider writes its own state; around it stands what the runtime knows of the
 * aggregate: where its history began, repeats, commands that wait.
 */

/** Form of the wrapping; the decider's own form is the `stateVersion` of the entry. */
const form = 2;
/** Until then the checksum was taken byte by byte, which takes long where a state is large. */
const oldestReadable = 1;

/** Form, checksum and length of the content, which are known last: large bodies are not copied for them. */
const frontBytes = 24;

/** A definition that runs are pinned to, by its content hash. */
export type Pin = readonly [hash: string, body: Payload];

/**
 * `pins` are definitions that the state needs and that a fold from X on might not meet otherwise; `state` are its bytes,
 * if somebody has them already.
 */
export function encodeAggregate(
  domain: Domain,
  aggregate: Aggregate,
  around: { readonly repeats?: Repeats; readonly pins?: readonly Pin[]; readonly state?: Uint8Array | undefined } = {},
): Uint8Array {
  const { repeats = aggregate.repeats, pins = [] } = around;
  const state = aggregate.version === 0 ? nothing : (around.state ?? domain.encodeState(aggregate.state));
  const w = new ByteWriter(state.length + 256, frontBytes);
  w.number(aggregate.startIndex);
  w.number(aggregate.request);
  writeRepeats(w, repeats);
  writeHeld(w, aggregate.deferred);
  writeHeld(w, aggregate.parked);
  w.bytes(state);
  w.number(pins.length);
  for (const pin of pins) writePin(w, pin);
  const content = w.view();
  const head = new ByteWriter(frontBytes);
  head.number(form);
  head.number(checksum(content));
  head.number(content.length);
  return w.behind(head);
}

/**
 * Hands the definitions that came along to `learn`. Throws `Damaged` when the body is not as it was written (parts of different snapshots put together), `UnknownForm`
 * when a later build wrote it; whatever the decider throws for its own part.
 */
export function decodeAggregate(
  domain: Domain,
  id: AggregateId,
  version: number,
  stateVersion: number,
  body: Uint8Array,
  learn: (pin: Pin) => void,
): Aggregate {
  const r = new ByteReader(contentOf(body));
  const aggregate = newAggregate(id, domain.initial);
  aggregate.version = version;
  aggregate.startIndex = r.number();
  aggregate.request = r.number();
  aggregate.repeats = readRepeats(r);
  aggregate.deferred = readHeld(r);
  aggregate.parked = readHeld(r);
  const state = r.bytes();
  if (version > 0) aggregate.state = domain.decodeState(stateVersion, state);
  for (let n = r.number(); n > 0; n--) learn(readPin(r));
  return aggregate;
}

/** One part of the closed set, oldest closing first. */
export function encodeClosed(closings: readonly Closing[]): Uint8Array {
  const w = new ByteWriter(4096);
  w.number(form);
  for (const closing of closings) {
    w.text(closing.id);
    w.number(closing.startIndex);
    w.number(closing.version);
    w.number(closing.index);
    w.number(closing.at);
    w.text(closing.tag);
    writeRepeats(w, closing.repeats);
  }
  return w.result();
}

export function decodeClosed(body: Uint8Array): Closing[] {
  const r = new ByteReader(body);
  expectForm(r);
  const closings: Closing[] = [];
  while (!r.done) {
    closings.push({
      id: r.text() as AggregateId,
      startIndex: r.number(),
      version: r.number(),
      index: r.number(),
      at: r.number(),
      tag: r.text(),
      repeats: readRepeats(r),
    });
  }
  return closings;
}

/** One part of the pinned definitions. */
export function encodePins(pins: readonly Pin[]): Uint8Array {
  const w = new ByteWriter(4096);
  w.number(form);
  for (const pin of pins) writePin(w, pin);
  return w.result();
}

export function decodePins(body: Uint8Array): Pin[] {
  const r = new ByteReader(body);
  expectForm(r);
  const pins: Pin[] = [];
  while (!r.done) pins.push(readPin(r));
  return pins;
}

function writePin(w: ByteWriter, [hash, body]: Pin): void {
  w.text(hash);
  w.bytes(body.bytes);
}
function readPin(r: ByteReader): Pin {
  return [r.text(), Payload.fromBytes(r.bytes())];
}

const nothing = new Uint8Array(0);

/** The body of a snapshot is not what was written. */
export class Damaged extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'Damaged';
  }
}

function contentOf(body: Uint8Array): Uint8Array {
  const r = new ByteReader(body);
  const found = expectForm(r);
  try {
    const sum = r.number();
    const content = r.bytes();
    if (r.done && (found === 1 ? checksumOfBytes(content) : checksum(content)) === sum) return content;
  } catch (error) {
    throw new Damaged('a snapshot is cut off', { cause: error });
  }
  throw new Damaged('a snapshot does not have the checksum that it was written with');
}

/** FNV-1a, 32 bits, of four bytes at a time: against mix-ups, not against malice. */
function checksum(bytes: Uint8Array): number {
  const { length } = bytes;
  const words = new DataView(bytes.buffer, bytes.byteOffset, length);
  let sum = 0x811c9dc5 ^ length;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    sum = Math.imul(sum ^ words.getInt32(at, true), 0x01000193);
    // Otherwise the upper bytes of a word would never reach the lower bits.
    sum ^= sum >>> 15;
  }
  return checksumOfBytes(bytes.subarray(at), sum);
}

function checksumOfBytes(bytes: Uint8Array, begin = 0x811c9dc5): number {
  let sum = begin;
  for (const byte of bytes) sum = Math.imul(sum ^ byte, 0x01000193);
  return sum >>> 0;
}

function expectForm(r: ByteReader): number {
  const found = r.number();
  if (found < oldestReadable || found > form) throw new UnknownForm(found);
  return found;
}

/** A snapshot written by a later build: fold from an older base, or leave the partition to that build. */
export class UnknownForm extends Error {
  constructor(found: number) {
    super(`snapshot bodies of form ${found} are of a later build; this one knows form ${form}`);
    this.name = 'UnknownForm';
  }
}

export function writeRepeats(w: ByteWriter, repeats: Repeats): void {
  w.optional(repeats.start, (one) => writeRemembered(w, one));
  w.number(repeats.latest.length);
  for (const one of repeats.latest) writeRemembered(w, one);
}
export function readRepeats(r: ByteReader): Repeats {
  const start = r.optional(() => readRemembered(r));
  const latest: Remembered[] = [];
  for (let n = r.number(); n > 0; n--) latest.push(readRemembered(r));
  return { start, latest };
}

/** Only accepted commands are remembered, so the answer is its result. */
function writeRemembered(w: ByteWriter, one: Remembered): void {
  w.text(one.hash);
  w.optional(one.outcome.kind === 'accepted' ? one.outcome.result : undefined, (result) => w.bytes(result.bytes));
}
function readRemembered(r: ByteReader): Remembered {
  const hash = r.text();
  const result = r.optional(() => Payload.fromBytes(r.bytes()));
  const outcome: Outcome = result === undefined ? { kind: 'accepted' } : { kind: 'accepted', result };
  return { hash, outcome };
}

function writeHeld(w: ByteWriter, held: readonly Held[]): void {
  w.number(held.length);
  for (const one of held) {
    w.text(one.commandId);
    w.number(one.offset);
    w.number(one.at);
    w.number(one.internal ? 1 : 0);
    w.bytes(one.bytes);
    w.optional(one.replyTo, (to) => {
      w.number(to.partition);
      w.text(to.instance);
      w.number(to.correlation);
    });
  }
}
function readHeld(r: ByteReader): Held[] {
  const count = r.number();
  if (count === 0) return noneHeld;
  const held: Held[] = [];
  for (let n = count; n > 0; n--) {
    const commandId = r.text();
    const offset = r.number();
    const at = r.number();
    const internal = r.number() === 1;
    const bytes = r.bytes();
    const replyTo = r.optional<ReplyAddress>(() => ({
      partition: r.number(),
      instance: r.text(),
      correlation: r.number(),
    }));
    held.push({ commandId, offset, at, internal, bytes, ...(replyTo && { replyTo }) });
  }
  return held;
}
