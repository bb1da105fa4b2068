import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A server as a user runs it: the built program, in a process of its own. */
export class ServerProcess {
  readonly name: string;
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #output: string[];

  private constructor(name: string, child: ChildProcess, url: string, output: string[]) {
    this.name = name;
    this.#child = child;
    this.url = url;
    this.#output = output;
  }

  /**
   * Starts `main.js` with these settings on a free port; resolves when it says where it listens.
   *
   * @param directory to start it in; default: the repository
   */
  static async start(
    name: string,
    settings: Readonly<Record<string, string>>,
    directory?: string,
  ): Promise<ServerProcess> {
    const child = spawnServer([], settings, directory);
    const output: string[] = [];
    const url = await new Promise<string>((resolve, reject) => {
      let text = '';
      const listen = (chunk: Buffer): void => {
        const piece = chunk.toString();
        output.push(piece);
        if (output.length > 2_000) output.splice(0, 1_000);
        text = (text + piece).slice(-4_000);
        const address = /ready[^\n]*(http:\/\/127\.0\.0\.1:\d+)/.exec(text);
        if (address?.[1] !== undefined) resolve(address[1]);
      };
      child.stdout.on('data', listen);
      child.stderr.on('data', listen);
      child.once('error', reject);
      child.once('exit', (code, signal) =>
        reject(new Error(`${name} ended before it was ready (${code ?? signal}):\n${output.join('')}`)),
      );
    });
    return new ServerProcess(name, child, url, output);
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get output(): string {
    return this.#output.join('');
  }

  /** Asks the server to drain; resolves to its exit code. */
  async stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  /** Pulls the plug. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** The process stands still, but its connections and its beliefs live on. */
  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child.kill('SIGCONT');
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    child.kill(signal);
    if (signal === 'SIGTERM') child.kill('SIGCONT');
    return exited;
  }
}

/** Asks until the answer is there; the one way in which end-to-end tests wait. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>, withinMs = 60_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  let last: unknown;
  while (Date.now() < deadline) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`gave up waiting: ${what}`, { cause: last });
}

/** Runs one of the server's commands; resolves to what it said, rejects when it failed. */
export async function runToEnd(
  command: readonly [string, ...string[]],
  settings: Readonly<Record<string, string>>,
): Promise<string> {
  const child = spawnServer(command, settings);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += String(chunk)));
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`${command[0]} ended with ${String(code)}:\n${text}`);
  return text;
}

function spawnServer(args: readonly string[], settings: Readonly<Record<string, string>>, directory = root) {
  const inherited = Object.entries(process.env).filter(
    ([key]) => !key.startsWith('PARTITURA_') && key !== 'DATABASE_URL' && key !== 'NODE_OPTIONS',
  );
  return spawn(process.execPath, [join(root, 'services/server/dist/main.js'), ...args], {
    cwd: directory,
    env: { ...Object.fromEntries(inherited), PARTITURA_PORT: '0', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
