import type { Log, LogRecord, StoredRecord, TopicConfig } from '@partitura/log';
import { randomUUID } from 'node:crypto';

/** What the tests against a broker share. */
const anyTopic: TopicConfig = {
  cleanup: 'delete',
  retentionMs: -1,
  timestamps: 'append',
  maxMessageBytes: 1_048_588,
};

export function freshName(what: string): string {
  return `kafka-spec-${randomUUID().slice(0, 8)}-${what}`;
}

export async function makeTopic(log: Log, partitions = 1, replicationFactor = 1): Promise<string> {
  const topic = freshName('topic');
  await log.createTopics([{ topic, partitions, replicationFactor, config: anyTopic }]);
  return topic;
}

export const record = (value: string): LogRecord => ({ key: null, value: Buffer.from(value) });
export const textsOf = (records: readonly StoredRecord[]): string[] =>
  records.map((stored) => Buffer.from(stored.value ?? []).toString());

/** Waits until the condition holds; the time is for the slowest machine, not for the usual. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  patienceMs = 40_000,
): Promise<void> {
  const end = performance.now() + patienceMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`still waiting: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** As the callers of the log do: the same records again until they are acked. */
export async function appendUntilAcked(
  log: Log,
  topic: string,
  partition: number,
  records: LogRecord[],
): Promise<number> {
  for (;;)
    try {
      return (await log.append(topic, partition, records)).baseOffset;
    } catch (error) {
      if ((error as { retryable?: boolean }).retryable !== true) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
}
