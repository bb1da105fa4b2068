// Generated from schemas/ by libs/wire/scripts/generate.mjs; do not edit.
import type { AvroReader } from '../avro/reader.ts';
import type { AvroWriter } from '../avro/writer.ts';

/** A record that nobody could apply, complete, so that it can be sent again: <ns>.dead-letters. */
export interface DeadLetter {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key?: Uint8Array;
  readonly value?: Uint8Array;
  readonly headers: Readonly<Record<string, Uint8Array>>;
  readonly reason: string;
  readonly at: number;
}

export function readDeadLetter(r: AvroReader): DeadLetter {
  const topic = r.string();
  const partition = r.long();
  const offset = r.long();
  const timestamp = r.long();
  const key = r.present() ? r.bytes() : undefined;
  const value = r.present() ? r.bytes() : undefined;
  const headers = r.map((r) => r.bytes());
  const reason = r.string();
  const at = r.long();
  const v: { -readonly [K in keyof DeadLetter]: DeadLetter[K] } = { topic, partition, offset, timestamp, headers, reason, at };
  if (key !== undefined) v.key = key;
  if (value !== undefined) v.value = value;
  return v;
}

export function writeDeadLetter(w: AvroWriter, v: DeadLetter): void {
  w.string(v.topic);
  w.long(v.partition);
  w.long(v.offset);
  w.long(v.timestamp);
  if (v.key === undefined) w.branch(0);
  else { w.branch(1); w.bytes(v.key); }
  if (v.value === undefined) w.branch(0);
  else { w.branch(1); w.bytes(v.value); }
  w.map(v.headers, (w, v) => w.bytes(v));
  w.string(v.reason);
  w.long(v.at);
}
