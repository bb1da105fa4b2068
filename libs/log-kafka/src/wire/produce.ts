import type { LogRecord } from '@partitura/log';
import type { Frame } from '../connect/kafkajs.ts';
import { batchSize, writeBatch } from './record-batch.ts';
import { byTopic } from './by-topic.ts';
import { Writer } from './writer.ts';

export interface PartitionBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly LogRecord[];
}

/** Produce v7 with all acknowledgements. No partition may occur twice. */
export function produceFrame(clientId: string, batches: readonly PartitionBatch[], now: number, waitMs: number): Frame {
  const topics = byTopic(batches);
  let size = 4 + 8 + 2 + clientId.length + 2 + 2 + 4 + 4;
  const sizes = new Map<PartitionBatch, number>();
  for (const [topic, parts] of topics) {
    size += 2 + topic.length + 4;
    for (const part of parts) {
      const bytes = batchSize(part.records);
      sizes.set(part, bytes);
      size += 8 + bytes;
    }
  }
  const out = new Writer(size);
  out.int32(size - 4);
  out.int16(0);
  out.int16(7);
  out.int32(0); // correlation id
  out.string(clientId);
  out.int16(-1); // no transaction
  out.int16(-1); // all replicas in sync
  out.int32(waitMs);
  out.int32(topics.size);
  for (const [topic, parts] of topics) {
    out.string(topic);
    out.int32(parts.length);
    for (const part of parts) {
      out.int32(part.partition);
      out.int32(sizes.get(part) ?? 0);
      writeBatch(out, part.records, now);
    }
  }
  return { apiKey: 0, apiName: 'Produce', apiVersion: 7, bytes: out.bytes };
}

export interface PartitionAck {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly baseOffset: number;
  /** -1 where the topic carries producers' times. */
  readonly appendTime: number;
}

/** The answer to Produce v7. */
export function readAcks(payload: Buffer): PartitionAck[] {
  const acks: PartitionAck[] = [];
  let at = 0;
  const int32 = (): number => payload.readInt32BE((at += 4) - 4);
  const int16 = (): number => payload.readInt16BE((at += 2) - 2);
  const int64 = (): number => int32() * 4_294_967_296 + (int32() >>> 0);
  for (let topics = int32(); topics > 0; topics--) {
    const length = int16();
    const topic = payload.toString('latin1', at, (at += length));
    for (let partitions = int32(); partitions > 0; partitions--) {
      const partition = int32();
      const errorCode = int16();
      const baseOffset = int64();
      const appendTime = int64();
      at += 8; // log start offset
      acks.push({ topic, partition, errorCode, baseOffset, appendTime });
    }
  }
  return acks;
}
