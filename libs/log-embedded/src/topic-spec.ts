import type { LogRecord, TopicSpec } from '@partitura/log';
import { Defect, Fault } from '@partitura/model';
import { recordSize, recordsFrameSize } from './frame.ts';
import type { Partition } from './partition.ts';

const partitionsMax = 10_000;

/** Names become directories, and must be names that Kafka takes as well. */
export function assertTopicSpec({ topic, partitions }: TopicSpec): void {
  if (!/^[A-Za-z0-9._-]{1,249}$/.test(topic) || topic === '.' || topic === '..') {
    throw new Defect(`${JSON.stringify(topic)} cannot be the name of a topic`);
  }
  if (!Number.isInteger(partitions) || partitions < 1 || partitions > partitionsMax) {
    throw new Defect(`topic ${topic} cannot have ${String(partitions)} partitions`);
  }
}

/** Size of the one frame that holds all these records; TOO_LARGE where that is above the limit of the topic. */
export function sizeOfBatch(partition: Partition, records: readonly LogRecord[]): number {
  if (records.length === 0) throw new Defect('a batch without records cannot be appended');
  let bytes = 0;
  for (const record of records) bytes += recordSize(record);
  const size = recordsFrameSize(bytes);
  if (size > partition.config.maxMessageBytes) throw tooLarge(partition, size);
  return size;
}

/** Cuts records into batches that the topic takes. */
export function batchesOf(
  partition: Partition,
  records: readonly LogRecord[],
): { records: readonly LogRecord[]; size: number }[] {
  const max = partition.config.maxMessageBytes;
  const batches: { records: readonly LogRecord[]; size: number }[] = [];
  let from = 0;
  let size = recordsFrameSize(0);
  records.forEach((record, i) => {
    const bytes = recordSize(record);
    if (recordsFrameSize(bytes) > max) throw tooLarge(partition, recordsFrameSize(bytes));
    if (size + bytes > max) {
      batches.push({ records: records.slice(from, i), size });
      from = i;
      size = recordsFrameSize(0);
    }
    size += bytes;
  });
  batches.push({ records: from === 0 ? records : records.slice(from), size });
  return batches;
}

function tooLarge({ topic, config }: Partition, size: number): Fault {
  const what = `${String(size)} bytes are above the ${String(config.maxMessageBytes)} that topic ${topic} takes`;
  return new Fault('TOO_LARGE', what, { retryable: false });
}
