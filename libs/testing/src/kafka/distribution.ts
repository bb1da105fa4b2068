import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDirectory } from '../process/cache.ts';
import { javaMajor } from '../process/java.ts';
import { withLock } from '../process/lock.ts';
import { mavenJars } from '../process/maven.ts';
import { canRun } from '../process/run.ts';

/** `KAFKA_VERSION` is for trying others. */
export const kafkaVersion = process.env['KAFKA_VERSION'] ?? '4.3.1';
const home = (): string => join(cacheDirectory(), `kafka-${kafkaVersion}`);

/** How to run the classes of Kafka. */
export interface KafkaDistribution {
  readonly command: (mainClass: string, ...args: string[]) => string[];
}

/** What is needed to run Kafka on this machine's Java and is not there. */
export async function missingForJvmKafka(): Promise<readonly string[]> {
  const missing: string[] = [];
  const java = await javaMajor();
  if (java === undefined || java < 17) missing.push('Java 17 or later');
  if (!existsSync(join(home(), 'jars')) && !(await canRun('mvn', '-v'))) missing.push('Maven');
  return missing;
}

/** Downloads Kafka if needed. */
export async function kafkaDistribution(
  progress: (message: string) => void,
  tunedFor: 'start' | 'work',
): Promise<KafkaDistribution> {
  const classPath = await kafkaClassPath(progress);
  if (tunedFor === 'work') return distributionOf(classPath, ...tunedForWork);
  const archive = await archivePath();
  const shared = existsSync(archive) ? [`-XX:SharedArchiveFile=${archive}`] : [];
  return distributionOf(classPath, ...tunedForStart, ...shared);
}

/**
 * Lets one broker write an archive of the classes it loads, unless there is one; with it later brokers start in half
 * the time. `boot` starts a broker, waits until it serves, and ends it in order.
 */
export async function archiveClasses(
  progress: (message: string) => void,
  boot: (distribution: KafkaDistribution, dataDirectory: string) => Promise<void>,
): Promise<void> {
  const classPath = await kafkaClassPath(progress);
  const archive = await archivePath();
  if (existsSync(archive)) return;
  await withLock(`${archive}.lock`, async () => {
    if (existsSync(archive)) return;
    progress('preparing Kafka for quick starts (once) …');
    const unfinished = `${archive}.unfinished`;
    const scratch = mkdtempSync(join(tmpdir(), 'partitura-kafka-'));
    try {
      await boot(distributionOf(classPath, ...tunedForStart, `-XX:ArchiveClassesAtExit=${unfinished}`), scratch);
      renameSync(unfinished, archive);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
      rmSync(unfinished, { force: true });
    }
  });
}

function kafkaClassPath(progress: (message: string) => void): Promise<string> {
  const artifacts = [`org.apache.kafka:kafka_2.13:${kafkaVersion}`, 'org.slf4j:slf4j-simple:1.7.36'] as const;
  return mavenJars(home(), artifacts, progress);
}

async function archivePath(): Promise<string> {
  return join(home(), `classes-java-${(await javaMajor()) ?? 0}.jsa`);
}

const tunedForStart = ['-Xms256m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'] as const;
/** As Kafka's own scripts have it, but for the size. */
const tunedForWork = [
  ...['-Xms1g', '-Xmx1g', '-server', '-XX:+UseG1GC', '-XX:MaxGCPauseMillis=20'],
  ...['-XX:InitiatingHeapOccupancyPercent=35', '-XX:+ExplicitGCInvokesConcurrent'],
] as const;

function distributionOf(classPath: string, ...flags: string[]): KafkaDistribution {
  const common = ['-Djava.awt.headless=true', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'];
  return {
    command: (mainClass, ...args) => {
      // Only the broker's classes are worth an archive; a second writer would overwrite it.
      const own = mainClass === 'kafka.Kafka' ? flags : flags.filter((flag) => !flag.includes('ArchiveClassesAtExit'));
      return ['java', ...common, ...own, '-cp', classPath, mainClass, ...args];
    },
  };
}
