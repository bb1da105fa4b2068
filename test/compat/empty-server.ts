import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerProcess } from '../e2e/server-process.ts';

const settings = { PARTITURA_LOG_LEVEL: 'warn', PARTITURA_FSYNC: 'false' };

/** Starts servers that know nothing yet. All use copies of one data directory, since making a database takes long. */
export class EmptyServers {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async prepare(): Promise<EmptyServers> {
    const servers = new EmptyServers(await mkdtemp(join(tmpdir(), 'partitura-compat-')));
    const first = await ServerProcess.start('first', { ...settings, PARTITURA_DATA_DIR: servers.#original });
    await first.stop();
    return servers;
  }

  /** Runs `use` against a server of its own, which is gone afterwards. */
  async with<T>(name: string, use: (base: string) => Promise<T>): Promise<T> {
    const dataDir = join(this.#folder, name);
    await cp(this.#original, dataDir, { recursive: true });
    const server = await ServerProcess.start(name, { ...settings, PARTITURA_DATA_DIR: dataDir });
    try {
      return await use(server.url);
    } finally {
      await server.stop();
      await rm(dataDir, { recursive: true });
    }
  }

  async dispose(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  get #original(): string {
    return join(this.#folder, 'original');
  }
}
