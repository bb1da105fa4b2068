import type { Isolation } from '@partitura/log';
import type { Frame } from '../connect/kafkajs.ts';
import { byTopic } from './by-topic.ts';
import { Writer } from './writer.ts';

export interface PartitionWish {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  readonly maxBytes: number;
}

export interface FetchWish {
  readonly partitions: readonly PartitionWish[];
  readonly isolation: Isolation;
  readonly maxWaitMs: number;
  readonly maxBytes: number;
}

/** Fetch v11 without a session: every request says all it wants. */
export function fetchFrame(clientId: string, wish: FetchWish): Frame {
  const topics = byTopic(wish.partitions);
  let size = 4 + 8 + 2 + clientId.length + 4 * 4 + 1 + 8 + 4 + 4 + 2;
  for (const [topic, parts] of topics) size += 2 + topic.length + 4 + parts.length * 28;
  const out = new Writer(size);
  out.int32(size - 4);
  out.int16(1);
  out.int16(11);
  out.int32(0); // correlation id
  out.string(clientId);
  out.int32(-1); // no replica
  out.int32(wish.maxWaitMs);
  out.int32(1); // answer at the first byte
  out.int32(wish.maxBytes);
  out.int8(wish.isolation === 'committed' ? 1 : 0);
  out.int32(0); // no session
  out.int32(-1);
  out.int32(topics.size);
  for (const [topic, parts] of topics) {
    out.string(topic);
    out.int32(parts.length);
    for (const part of parts) {
      out.int32(part.partition);
      out.int32(-1); // leader epoch: any
      out.int64(part.from);
      out.int64(-1);
      out.int32(part.maxBytes);
    }
  }
  out.int32(0); // nothing to forget
  out.int16(0); // no rack
  return { apiKey: 1, apiName: 'Fetch', apiVersion: 11, bytes: out.bytes };
}

export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
}

export interface PartitionAnswer {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: number;
  readonly lastStable: number;
  readonly logStart: number;
  readonly aborted: readonly AbortedTransaction[];
  /** Batches as they are in the log; the last one may be cut. */
  readonly bytes: Buffer;
}

const nothing = Buffer.alloc(0);
const noneAborted: readonly AbortedTransaction[] = [];

/** The answer to Fetch v11: an error of the whole, or what came for each partition. */
export function readFetched(payload: Buffer): { readonly errorCode: number; readonly partitions: PartitionAnswer[] } {
  let at = 4; // throttle time
  const int32 = (): number => payload.readInt32BE((at += 4) - 4);
  const int16 = (): number => payload.readInt16BE((at += 2) - 2);
  const int64 = (): number => int32() * 4_294_967_296 + (int32() >>> 0);
  const errorCode = int16();
  at += 4; // session
  const partitions: PartitionAnswer[] = [];
  for (let topics = int32(); topics > 0; topics--) {
    const length = int16();
    const topic = payload.toString('latin1', at, (at += length));
    for (let count = int32(); count > 0; count--) {
      const partition = int32();
      const error = int16();
      const highWatermark = int64();
      const lastStable = int64();
      const logStart = int64();
      let aborted = noneAborted;
      const abortions = int32();
      if (abortions > 0)
        aborted = Array.from({ length: abortions }, () => ({ producerId: int64(), firstOffset: int64() }));
      at += 4; // preferred replica
      const bytes = int32();
      partitions.push({
        topic,
        partition,
        errorCode: error,
        highWatermark,
        lastStable: lastStable < 0 ? highWatermark : lastStable,
        logStart,
        aborted,
        bytes: bytes > 0 ? payload.subarray(at, (at += bytes)) : nothing,
      });
    }
  }
  return { errorCode, partitions };
}
