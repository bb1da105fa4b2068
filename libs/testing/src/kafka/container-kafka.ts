import { freePorts } from '../process/ports.ts';
import type { Kafka, KafkaOptions } from './kafka.ts';
import { clusterProperties } from './properties.ts';
import { isReady, waitUntilReady } from './ready.ts';

const image = 'apache/kafka:4.3.1';

/** Kafka in a container of a local Docker engine: one node. Removed by testcontainers' reaper if this process dies. */
export async function startContainerKafka(options: KafkaOptions = {}): Promise<Kafka> {
  if ((options.nodes ?? 1) > 1 || options.secured === true)
    throw new Error('several nodes, and TLS, need the local way: Java 17 or later and Maven');
  const progress = options.progress ?? (() => undefined);
  const { GenericContainer, getContainerRuntimeClient } = await import('testcontainers');
  const [free = 0] = await freePorts(1);
  const port = options.port ?? free;
  progress(`starting ${image} in a container (the first time, its image is downloaded) …`);
  const settings = {
    ...clusterProperties(1, 1),
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': '1@localhost:9093',
    // The same port within and without, so that the advertised address is right for both.
    listeners: `PLAINTEXT://0.0.0.0:${port},CONTROLLER://localhost:9093`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
  };
  const started = await new GenericContainer(image)
    .withEnvironment(
      Object.fromEntries(
        Object.entries(settings).map(([name, value]) => [
          `KAFKA_${name.toUpperCase().replaceAll('.', '_')}`,
          String(value),
        ]),
      ),
    )
    .withExposedPorts({ container: port, host: port })
    .withStartupTimeout(120_000)
    .start();
  const ready = (): Promise<void> => waitUntilReady(port, 1, 90_000, () => false);
  await ready();
  progress(`Kafka is ready at 127.0.0.1:${port}`);
  const engine = (await getContainerRuntimeClient()).container.getById(started.getId());
  return {
    brokers: [`127.0.0.1:${port}`],
    nodes: [
      {
        broker: `127.0.0.1:${port}`,
        kill: async () => {
          await engine.kill();
          await engine.wait();
        },
        shutDown: async () => {
          await engine.stop();
        },
        start: async () => {
          await engine.start();
          await ready();
        },
        pause: async () => {
          await engine.pause();
        },
        resume: async () => {
          await engine.unpause();
        },
      },
    ],
    processIds: () => [],
    stop: async () => {
      await started.stop();
    },
  };
}

/** Whether the first node at `brokers` serves. */
export function servesAt(brokers: string): Promise<boolean> {
  const port = Number(brokers.split(',')[0]?.split(':')[1]);
  return isReady(port, 1);
}
