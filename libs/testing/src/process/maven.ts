import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.ts';
import { run } from './run.ts';

/** `group:artifact:version`. */
export type Coordinates = `${string}:${string}:${string}`;

/**
 * Jars of some artifacts with all they need at run time, from Maven Central; downloaded once into `directory`.
 * Resolves to the class path.
 */
export async function mavenJars(
  directory: string,
  artifacts: readonly Coordinates[],
  progress: (message: string) => void,
): Promise<string> {
  const jars = join(directory, 'jars');
  if (!existsSync(jars))
    await withLock(`${directory}.lock`, async () => {
      if (existsSync(jars)) return;
      progress(`downloading ${artifacts.join(', ')} from Maven Central (once) …`);
      const unfinished = join(directory, 'unfinished');
      rmSync(unfinished, { recursive: true, force: true });
      mkdirSync(unfinished, { recursive: true });
      writeFileSync(join(unfinished, 'pom.xml'), pom(artifacts));
      await run(
        'mvn',
        ['-q', '-B', 'dependency:copy-dependencies', '-DincludeScope=runtime', '-DoutputDirectory=jars'],
        {
          cwd: unfinished,
        },
      );
      renameSync(join(unfinished, 'jars'), jars);
      rmSync(unfinished, { recursive: true, force: true });
    });
  return readdirSync(jars)
    .sort()
    .map((jar) => join(jars, jar))
    .join(':');
}

function pom(artifacts: readonly Coordinates[]): string {
  const dependencies = artifacts.map((coordinates) => {
    const [group = '', artifact = '', version = ''] = coordinates.split(':');
    return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;
  });
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>partitura</groupId><artifactId>jars</artifactId><version>1</version>
  <dependencies>${dependencies.join('')}</dependencies>
</project>
`;
}
