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

/**
 * Downloads Kafka if needed. The first time it also lets one broker write an archive of its loaded classes, with which
 * later ones start in half the time; `boot` is to start a broker, wait until it serves, and end it in order.
 */
export async function kafkaDistribution(
  progress: (message: string) => void,
  boot: (distribution: KafkaDistribution, dataDirectory: string) => Promise<void>,
): Promise<KafkaDistribution> {
  const classPath = await mavenJars(
    home(),
    [`org.apache.kafka:kafka_2.13:${kafkaVersion}`, 'org.slf4j:slf4j-simple:1.7.36'],
    progress,
  );
  const archive = join(home(), `classes-java-${(await javaMajor()) ?? 0}.jsa`);
  if (!existsSync(archive))
    await withLock(`${archive}.lock`, async () => {
      if (existsSync(archive)) return;
      progress('preparing Kafka for quick starts (once) …');
      const unfinished = `${archive}.unfinished`;
      const scratch = mkdtempSync(join(tmpdir(), 'partitura-kafka-'));
      try {
        await boot(distributionOf(classPath, `-XX:ArchiveClassesAtExit=${unfinished}`), scratch);
        renameSync(unfinished, archive);
      } catch (error) {
        // It only makes starts quicker, and a broker that cannot start will say so itself.
        progress(`it did not work: ${error instanceof Error ? error.message : String(error)}`);
      } finally {
        rmSync(scratch, { recursive: true, force: true });
        rmSync(unfinished, { force: true });
      }
    });
  return distributionOf(classPath, ...(existsSync(archive) ? [`-XX:SharedArchiveFile=${archive}`] : []));
}

function distributionOf(classPath: string, ...flags: string[]): KafkaDistribution {
  const common = [
    '-Xms256m',
    '-Xmx512m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-Djava.awt.headless=true',
    '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  ];
  return {
    command: (mainClass, ...args) => {
      // Only the broker's classes are worth an archive; a second writer would overwrite it.
      const own = mainClass === 'kafka.Kafka' ? flags : flags.filter((flag) => !flag.includes('ArchiveClassesAtExit'));
      return ['java', ...common, ...own, '-cp', classPath, mainClass, ...args];
    },
  };
}
