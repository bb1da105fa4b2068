import { choose, type Choice } from '../choice.ts';
import { isDockerReachable } from '../process/docker.ts';
import { share } from '../process/shared.ts';
import { startContainerKafka, servesAt } from './container-kafka.ts';
import { kafkaVersion, missingForJvmKafka } from './distribution.ts';
import { prepareJvmKafka, startJvmKafka } from './jvm-kafka.ts';
import type { Kafka, KafkaOptions } from './kafka.ts';

/**
 * A Kafka: the one that `KAFKA_BROKERS` names, else one in a container, else one on this machine's Java. It ends with
 * this process at the latest. Throws when there is no way; a missing broker is never a reason to skip a test.
 */
export async function startKafka(options: KafkaOptions = {}): Promise<Kafka> {
  const choice = await chooseKafka(options.ownOnly === true || options.secured === true);
  if (choice.kind === 'given') return given(choice.address);
  // Data that is to stay, several nodes and a secured way in are not for containers.
  const local = options.dataDirectory !== undefined || (options.nodes ?? 1) > 1 || options.secured === true;
  if (choice.kind === 'local' || (local && (await missingForJvmKafka()).length === 0)) return startJvmKafka(options);
  return startContainerKafka(options);
}

/**
 * The brokers of one Kafka that all tests of this machine share: the first who asks starts it, it ends with the last.
 * Tests keep apart by their namespaces.
 */
export async function sharedKafka(): Promise<readonly string[]> {
  const choice = await chooseKafka(false);
  if (choice.kind === 'given') return given(choice.address).brokers;
  if (choice.kind === 'container') return (await startContainerKafka()).brokers;
  const brokers = await share({
    name: `kafka-${kafkaVersion}`,
    start: async (lifeline) => (await startJvmKafka({ lifeline })).brokers.join(','),
    isAlive: servesAt,
  });
  return brokers.split(',');
}

/** Downloads and prepares what {@link sharedKafka} will need, so that no test waits for it. */
export async function prepareKafka(progress: (message: string) => void): Promise<void> {
  const choice = await chooseKafka(false);
  if (choice.kind === 'local') await prepareJvmKafka(progress);
  if (choice.kind === 'container') await (await startContainerKafka({ progress })).stop();
}

function given(address: string): Kafka {
  const brokers = address.split(',').map((broker) => broker.trim());
  return { brokers, nodes: [], processIds: () => [], stop: async () => undefined };
}

async function chooseKafka(ownOnly: boolean): Promise<Exclude<Choice, { kind: 'none' }>> {
  const choice = choose(
    { what: 'Kafka', variable: 'KAFKA_BROKERS', ownOnly },
    {
      given: process.env['KAFKA_BROKERS'],
      docker: await isDockerReachable(),
      missing: await missingForJvmKafka(),
    },
  );
  if (choice.kind === 'none') throw new Error(choice.why);
  return choice;
}
