import { randomBytes } from 'node:crypto';
import { createDatabase, sharedKafka, sharedPostgres } from '@partitura/testing';
import { eventually, ServerProcess } from './server-process.ts';

export interface KafkaInstallationOptions {
  /** Begins the names of topics and database, so that one who looks at the servers knows whose they are. */
  readonly name: string;
  /** The roles of each process, `api` or `decider,projector`. */
  readonly processes: readonly string[];
  /** Default 4. */
  readonly partitions?: number;
  /** For every process, beside where broker and database are. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Name of a migrated database to begin with a copy of. */
  readonly template?: string;
}

/** An installation on a real broker and a real database, with topics and tables of its own. */
export class KafkaInstallation {
  readonly namespace: string;
  readonly brokers: readonly string[];
  /** What its processes were started with. */
  readonly settings: Readonly<Record<string, string>>;
  readonly #processes: ServerProcess[] = [];
  readonly #dropDatabase: () => Promise<void>;

  private constructor(
    at: { namespace: string; brokers: readonly string[]; databaseUrl: string; dropDatabase: () => Promise<void> },
    options: KafkaInstallationOptions,
  ) {
    this.namespace = at.namespace;
    this.brokers = at.brokers;
    this.#dropDatabase = at.dropDatabase;
    this.settings = {
      PARTITURA_LOG_LEVEL: 'warn',
      PARTITURA_KEY: 'a key only for this test run',
      ...options.settings,
      PARTITURA_LOG: 'kafka',
      PARTITURA_KAFKA_BROKERS: at.brokers.join(),
      PARTITURA_NAMESPACE: at.namespace,
      PARTITURA_PARTITIONS: String(options.partitions ?? 4),
      DATABASE_URL: at.databaseUrl,
    };
  }

  /** Resolves when every process is up and every partition has its decider. */
  static async start(options: KafkaInstallationOptions): Promise<KafkaInstallation> {
    const { name, template } = options;
    const [brokers, postgres] = await Promise.all([sharedKafka(), sharedPostgres()]);
    const database = await createDatabase(postgres, {
      name: name.replaceAll('-', '_'),
      ...(template !== undefined && { template }),
    });
    const namespace = `${name}-${randomBytes(4).toString('hex')}`;
    const at = { namespace, brokers, databaseUrl: database.url, dropDatabase: () => database.drop() };
    const installation = new KafkaInstallation(at, options);
    try {
      await Promise.all(options.processes.map((roles) => installation.start(roles)));
      await installation.#decides();
    } catch (error) {
      await installation.close();
      throw error;
    }
    return installation;
  }

  /** Starts one more process. */
  async start(roles: string): Promise<ServerProcess> {
    const process = await ServerProcess.start(roles, { ...this.settings, PARTITURA_ROLES: roles });
    this.#processes.push(process);
    return process;
  }

  /** Base URLs of the processes that serve the API. */
  get apis(): readonly string[] {
    return this.#withRole('api').map(({ url }) => url);
  }

  /** Pulls the plug of the process at this URL. */
  async kill(url: string): Promise<void> {
    await this.#processes.find((process) => process.url === url)?.kill();
  }

  async close(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.stop()));
    await this.#dropDatabase();
  }

  #withRole(role: string): readonly ServerProcess[] {
    return this.#processes.filter(({ name }) => name.split(',').includes(role));
  }

  async #decides(): Promise<void> {
    await eventually('every partition has its decider', async () => {
      const phases = await Promise.all(this.#withRole('decider').map(phasesIn));
      const owned = phases.flat().filter((phase) => phase === 'owning').length;
      return owned === Number(this.settings['PARTITURA_PARTITIONS']) ? true : undefined;
    });
  }
}

/** What the decider of a process is doing with each of its partitions. */
async function phasesIn({ name, url }: ServerProcess): Promise<readonly string[]> {
  const path = name.split(',').includes('api') ? '/health/ready' : '/health';
  const { parts } = (await fetch(url + path).then((response) => response.json())) as {
    parts: { decider: { details: { partitions: readonly { phase: string }[] } } };
  };
  return parts.decider.details.partitions.map(({ phase }) => phase);
}
