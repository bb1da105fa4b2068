import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch, type Launched } from '../process/lifeline.ts';
import { freePorts } from '../process/ports.ts';
import { run } from '../process/run.ts';
import { archiveClasses, kafkaDistribution, kafkaVersion, type KafkaDistribution } from './distribution.ts';
import type { ControlledNode, Kafka, KafkaOptions } from './kafka.ts';
import { scramCredentials, serverProperties, type KafkaNode } from './properties.ts';
import { waitUntilReady } from './ready.ts';
import { makeSecuredListener } from './secured-listener.ts';

const bootMs = 90_000;

/** @param lifeline see {@link launch}; only for one node */
export async function startJvmKafka(options: KafkaOptions & { readonly lifeline?: string } = {}): Promise<Kafka> {
  return startOn(await kafkaDistribution(options.progress ?? (() => undefined), options.tunedFor ?? 'start'), options);
}

/** Does once what makes later starts quick: the download, and an archive of classes. */
export async function prepareJvmKafka(progress: (message: string) => void): Promise<void> {
  await archiveClasses(progress, async (distribution, dataDirectory) => {
    const kafka = await startOn(distribution, { dataDirectory });
    await kafka.stop(120_000); // it writes the archive before it ends
  });
}

async function startOn(
  distribution: KafkaDistribution,
  options: KafkaOptions & { readonly lifeline?: string },
): Promise<Kafka & { stop(patienceMs?: number): Promise<void> }> {
  const progress = options.progress ?? (() => undefined);
  const scratch = options.dataDirectory === undefined ? mkdtempSync(join(tmpdir(), 'partitura-kafka-')) : undefined;
  const directory = scratch ?? options.dataDirectory ?? '';
  mkdirSync(directory, { recursive: true });
  const nodes = await layOut(options.nodes ?? 1, options.port);
  const clusterId = clusterIdOf(directory);
  const secured = options.secured === true ? await makeSecuredListener(directory) : undefined;
  progress(`starting Kafka ${kafkaVersion} with ${nodes.length === 1 ? 'one node' : `${nodes.length} nodes`} …`);

  const processes = await Promise.all(
    nodes.map(async (node) => {
      const own = join(directory, `node-${node.id}`);
      mkdirSync(own, { recursive: true });
      const settings = join(own, 'server.properties');
      writeFileSync(settings, serverProperties(node, nodes, join(own, 'data'), secured?.listener));
      const [java = 'java', ...format] = distribution.command(
        'kafka.tools.StorageTool',
        ...['format', '--ignore-formatted', '-t', clusterId, '-c', settings],
        ...(secured === undefined ? [] : scramCredentials(secured.listener)),
      );
      await run(java, format);
      const command = distribution.command('kafka.Kafka', settings);
      return new JvmNode(node, nodes.length, {
        command,
        logFile: join(own, 'kafka.log'),
        // Data that is thrown away needs no orderly end.
        endWith: scratch === undefined ? 'TERM' : 'KILL',
        ...(scratch !== undefined && nodes.length === 1 ? { scratch } : {}),
        ...(options.lifeline === undefined ? {} : { lifeline: options.lifeline }),
      });
    }),
  );
  const stop = async (patienceMs?: number): Promise<void> => {
    await Promise.all(processes.map((node) => node.end(patienceMs)));
    if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
  };
  try {
    await Promise.all(processes.map((node) => node.start()));
  } catch (error) {
    await stop();
    throw error;
  }
  progress(`Kafka is ready at ${nodes.map((n) => `127.0.0.1:${n.port}`).join(', ')}`);
  return {
    brokers: processes.map((node) => node.broker),
    nodes: processes,
    processIds: () => processes.flatMap(({ pid }) => pid ?? []),
    ...(secured === undefined ? {} : { secured: secured.access }),
    stop,
  };
}

class JvmNode implements ControlledNode {
  readonly broker: string;
  readonly #node: KafkaNode;
  readonly #clusterSize: number;
  readonly #request: Parameters<typeof launch>[0];
  #launched: Launched | undefined;

  constructor(node: KafkaNode, clusterSize: number, request: Parameters<typeof launch>[0]) {
    this.broker = `127.0.0.1:${node.port}`;
    this.#node = node;
    this.#clusterSize = clusterSize;
    this.#request = request;
  }

  get pid(): number | undefined {
    return this.#launched?.hasEnded() === false ? this.#launched.pid : undefined;
  }

  async start(): Promise<void> {
    const launched = await launch(this.#request);
    this.#launched = launched;
    await waitUntilReady(this.#node.port, this.#clusterSize, bootMs, () => launched.hasEnded()).catch(
      (error: unknown) => {
        const log = readFileSync(this.#request.logFile, 'utf8').slice(-3_000);
        throw new Error(`Kafka did not start; the end of its log:\n${log}`, { cause: error });
      },
    );
  }

  async kill(): Promise<void> {
    this.#launched?.signal('SIGKILL');
    await this.#launched?.whenEnded();
  }

  async shutDown(): Promise<void> {
    this.#launched?.signal('SIGTERM');
    await this.#launched?.whenEnded();
  }

  async pause(): Promise<void> {
    this.#launched?.signal('SIGSTOP');
  }

  async resume(): Promise<void> {
    this.#launched?.signal('SIGCONT');
  }

  async end(patienceMs?: number): Promise<void> {
    await this.#launched?.end(patienceMs);
  }
}

async function layOut(count: number, firstPort: number | undefined): Promise<readonly KafkaNode[]> {
  const ports = await freePorts(2 * count);
  return Array.from({ length: count }, (_, i) => ({
    id: i + 1,
    port: i === 0 && firstPort !== undefined ? firstPort : (ports[2 * i] ?? 0),
    controllerPort: ports[2 * i + 1] ?? 0,
  }));
}

/** Kept beside the data, so that a directory is found again under the identity it was formatted with. */
function clusterIdOf(directory: string): string {
  const file = join(directory, 'cluster-id');
  if (existsSync(file)) return readFileSync(file, 'utf8');
  // Ids that begin with a dash would be read as options.
  const id = randomBytes(16).toString('base64url').replace(/^-/, 'A');
  writeFileSync(file, id);
  return id;
}
