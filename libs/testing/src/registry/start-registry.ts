import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDirectory } from '../process/cache.ts';
import { launch, type Launched } from '../process/lifeline.ts';
import { withLock } from '../process/lock.ts';
import { freePorts } from '../process/ports.ts';
import { canRun, run } from '../process/run.ts';
import { findJava } from './java-homes.ts';

const version = '3.3.3';
const javaNeeded = 21;
const bootMs = 120_000;
const home = (): string => join(cacheDirectory(), `apicurio-registry-${version}`);

/** A running schema registry. */
export interface SchemaRegistryServer {
  /** Address of the API that Confluent's clients speak. */
  readonly url: string;
  stop(): Promise<void>;
}

export interface SchemaRegistryOptions {
  /** Default: a free one. */
  readonly port?: number;
  readonly progress?: (message: string) => void;
}

/** Why there can be no schema registry here; undefined when there can. */
export async function noSchemaRegistry(): Promise<string | undefined> {
  if (given() !== undefined) return undefined;
  const missing: string[] = [];
  if ((await findJava(javaNeeded)) === undefined) missing.push(`Java ${javaNeeded} or later`);
  if (!existsSync(home()) && !(await canRun('mvn', '-v'))) missing.push('Maven');
  if (missing.length === 0) return undefined;
  return `No schema registry here: set SCHEMA_REGISTRY_URL, or install ${missing.join(' and ')}.`;
}

/**
 * A schema registry: the one that `SCHEMA_REGISTRY_URL` names, else Apicurio on this machine's Java, in memory and
 * ending with this process at the latest.
 */
export async function startSchemaRegistry(options: SchemaRegistryOptions = {}): Promise<SchemaRegistryServer> {
  const url = given();
  if (url !== undefined) return { url, stop: async () => undefined };
  const why = await noSchemaRegistry();
  const java = await findJava(javaNeeded);
  if (why !== undefined || java === undefined) throw new Error(why);
  const progress = options.progress ?? (() => undefined);
  await install(progress);
  const [free = 0, management = 0] = await freePorts(2);
  const port = options.port ?? free;
  const scratch = mkdtempSync(join(tmpdir(), 'partitura-registry-'));
  const logFile = join(scratch, 'registry.log');
  progress(`starting Apicurio ${version} …`);
  const launched = await launch({
    command: [java, '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-jar', 'quarkus-run.jar'],
    cwd: home(),
    logFile,
    endWith: 'KILL',
    scratch,
    env: {
      ...process.env,
      QUARKUS_HTTP_HOST: '127.0.0.1',
      QUARKUS_HTTP_PORT: String(port),
      QUARKUS_MANAGEMENT_HOST: '127.0.0.1',
      QUARKUS_MANAGEMENT_PORT: String(management),
    },
  });
  const server = { url: `http://127.0.0.1:${port}/apis/ccompat/v7`, stop: () => launched.end() };
  await whenReady(`${server.url}/subjects`, launched).catch(async (error: unknown) => {
    const log = readFileSync(logFile, 'utf8').slice(-3_000);
    await launched.end();
    throw new Error(`Apicurio did not start; the end of its log:\n${log}`, { cause: error });
  });
  progress(`Apicurio is ready at ${server.url}`);
  return server;
}

function given(): string | undefined {
  const url = process.env['SCHEMA_REGISTRY_URL'];
  return url === '' ? undefined : url;
}

/** Downloads and unpacks once; 158 MB. */
async function install(progress: (message: string) => void): Promise<void> {
  if (existsSync(home())) return;
  await withLock(`${home()}.lock`, async () => {
    if (existsSync(home())) return;
    progress(`downloading Apicurio ${version} from Maven Central (once, 158 MB) …`);
    const unfinished = `${home()}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(join(unfinished, 'app'), { recursive: true });
    await run('mvn', [
      '-q',
      '-B',
      'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy',
      `-Dartifact=io.apicurio:apicurio-registry-app:${version}:tar.gz:all`,
      `-DoutputDirectory=${unfinished}`,
    ]);
    const archive = readdirSync(unfinished).find((name) => name.endsWith('.tar.gz'));
    if (archive === undefined) throw new Error('Maven copied no archive of Apicurio');
    await run('tar', ['-xzf', join(unfinished, archive), '-C', join(unfinished, 'app')]);
    renameSync(join(unfinished, 'app'), home());
    rmSync(unfinished, { recursive: true, force: true });
  });
}

async function whenReady(url: string, launched: Launched): Promise<void> {
  const deadline = performance.now() + bootMs;
  for (;;) {
    if (launched.hasEnded()) throw new Error('it ended');
    const answered = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    if (answered?.ok === true) return;
    if (performance.now() > deadline) throw new Error(`no answer within ${bootMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
