// Generated from schemas/ by libs/wire/scripts/generate.mjs; do not edit.
import type { Payload } from '@partitura/model';
import { Defect } from '@partitura/model';
import type { AvroReader } from '../avro/reader.ts';
import type { AvroWriter } from '../avro/writer.ts';

interface Accepted {
  readonly kind: 'accepted';
  readonly result?: Payload;
}

interface Rejected {
  readonly kind: 'rejected';
  readonly code: string;
  readonly reason: string;
}

interface Duplicate {
  readonly kind: 'duplicate';
  readonly first?: Outcome;
}

interface Deferred {
  readonly kind: 'deferred';
}

interface Forwarded {
  readonly kind: 'forwarded';
}

interface Parked {
  readonly kind: 'parked';
}

interface DeadLettered {
  readonly kind: 'deadLettered';
  readonly reason: string;
}

type Outcome =
  | Accepted
  | Rejected
  | Duplicate
  | Deferred
  | Forwarded
  | Parked
  | DeadLettered;

/** The outcome of a command, for the instance that waits for it on <ns>.replies. */
export interface Reply {
  readonly instance: string;
  readonly correlation: number;
  readonly outcome: Outcome;
  readonly partition: number;
  readonly offset: number;
  readonly definitionsOffset?: number;
}

function readAccepted(r: AvroReader): Accepted {
  const result = r.present() ? r.json() : undefined;
  const v: { -readonly [K in keyof Accepted]: Accepted[K] } = { kind: 'accepted' };
  if (result !== undefined) v.result = result;
  return v;
}

function writeAccepted(w: AvroWriter, v: Accepted): void {
  if (v.result === undefined) w.branch(0);
  else { w.branch(1); w.json(v.result); }
}

function readRejected(r: AvroReader): Rejected {
  const code = r.string();
  const reason = r.string();
  return { kind: 'rejected', code, reason };
}

function writeRejected(w: AvroWriter, v: Rejected): void {
  w.string(v.code);
  w.string(v.reason);
}

function readDuplicate(r: AvroReader): Duplicate {
  const first = r.present() ? readOutcome(r) : undefined;
  const v: { -readonly [K in keyof Duplicate]: Duplicate[K] } = { kind: 'duplicate' };
  if (first !== undefined) v.first = first;
  return v;
}

function writeDuplicate(w: AvroWriter, v: Duplicate): void {
  if (v.first === undefined) w.branch(0);
  else { w.branch(1); writeOutcome(w, v.first); }
}

function readDeferred(_r: AvroReader): Deferred {
  return { kind: 'deferred' };
}

function writeDeferred(_w: AvroWriter, _v: Deferred): void {

}

function readForwarded(_r: AvroReader): Forwarded {
  return { kind: 'forwarded' };
}

function writeForwarded(_w: AvroWriter, _v: Forwarded): void {

}

function readParked(_r: AvroReader): Parked {
  return { kind: 'parked' };
}

function writeParked(_w: AvroWriter, _v: Parked): void {

}

function readDeadLettered(r: AvroReader): DeadLettered {
  const reason = r.string();
  return { kind: 'deadLettered', reason };
}

function writeDeadLettered(w: AvroWriter, v: DeadLettered): void {
  w.string(v.reason);
}

function readOutcome(r: AvroReader): Outcome {
  switch (r.branch(7)) {
    case 0: return readAccepted(r);
    case 1: return readRejected(r);
    case 2: return readDuplicate(r);
    case 3: return readDeferred(r);
    case 4: return readForwarded(r);
    case 5: return readParked(r);
    case 6: return readDeadLettered(r);
    default: throw new Defect('branch() is bounded');
  }
}

function writeOutcome(w: AvroWriter, v: Outcome): void {
  switch (v.kind) {
    case 'accepted': w.branch(0); writeAccepted(w, v); return;
    case 'rejected': w.branch(1); writeRejected(w, v); return;
    case 'duplicate': w.branch(2); writeDuplicate(w, v); return;
    case 'deferred': w.branch(3); writeDeferred(w, v); return;
    case 'forwarded': w.branch(4); writeForwarded(w, v); return;
    case 'parked': w.branch(5); writeParked(w, v); return;
    case 'deadLettered': w.branch(6); writeDeadLettered(w, v); return;
    default: throw new Defect(`no Outcome is called ${String((v as { kind: unknown }).kind)}`);
  }
}

export function readReply(r: AvroReader): Reply {
  const instance = r.string();
  const correlation = r.long();
  const outcome = readOutcome(r);
  const partition = r.long();
  const offset = r.long();
  const definitionsOffset = r.present() ? r.long() : undefined;
  const v: { -readonly [K in keyof Reply]: Reply[K] } = { instance, correlation, outcome, partition, offset };
  if (definitionsOffset !== undefined) v.definitionsOffset = definitionsOffset;
  return v;
}

export function writeReply(w: AvroWriter, v: Reply): void {
  w.string(v.instance);
  w.long(v.correlation);
  writeOutcome(w, v.outcome);
  w.long(v.partition);
  w.long(v.offset);
  if (v.definitionsOffset === undefined) w.branch(0);
  else { w.branch(1); w.long(v.definitionsOffset); }
}
