import { openKafkaLog } from '@partitura/log-kafka';
import { randomBytes } from 'node:crypto';

const partitions = 8;
const callers = 64;
const forMs = 15_000;

/**
 * Lets records go round a fresh broker, as fast as it takes them, until its compilers have seen what they will be asked
 * for: appends to several partitions at a time, long polls, read committed and not. Brokers of installations run for
 * months; one that was started a moment ago spends more on compiling than on records.
 */
export async function warmBroker(brokers: readonly string[]): Promise<void> {
  const topic = `warm-up-${randomBytes(4).toString('hex')}`;
  const [sender, reader] = await Promise.all([openKafkaLog({ brokers }), openKafkaLog({ brokers })]);
  const config = { cleanup: 'delete', retentionMs: 600_000, timestamps: 'append', maxMessageBytes: 1_048_576 } as const;
  await sender.createTopics([{ topic, partitions, config }]);
  let onNext: (() => void)[] = [];
  const goOn = (): void => {
    for (const next of onNext.splice(0)) next();
  };
  for (let partition = 0; partition < partitions; partition++)
    for (const isolation of ['committed', 'uncommitted'] as const)
      reader.follow({ topic, partition, from: 0, isolation, onBatch: goOn, onEnd: goOn });
  const until = performance.now() + forMs;
  const value = randomBytes(300);
  await Promise.all(
    Array.from({ length: callers }, async (_, i) => {
      for (let n = i; performance.now() < until; n++) {
        const came = new Promise<void>((resolve) => onNext.push(resolve));
        await sender.send([{ topic, partition: n % partitions, key: null, value }]);
        await came;
      }
    }),
  );
  onNext = [];
  await Promise.all([sender.close(), reader.close()]);
}
