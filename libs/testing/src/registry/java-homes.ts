import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJavaMajor } from '../process/java.ts';
import { run } from '../process/run.ts';

/** Where systems put their JDKs. */
const shelves = ['/usr/lib/jvm', '/opt/java', '/Library/Java/JavaVirtualMachines'];

/** A `java` of at least this major version: `JAVA_HOME`, else the one on the path, else any that is installed. */
export async function findJava(
  atLeast: number,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  const home = environment['JAVA_HOME'];
  const named = home === undefined || home === '' ? [] : [join(home, 'bin', 'java')];
  for (const java of [...named, 'java']) {
    const printed = await run(java, ['-version']).catch(() => '');
    if ((parseJavaMajor(printed) ?? 0) >= atLeast) return java;
  }
  return installed()
    .filter(({ major }) => major >= atLeast)
    .sort((a, b) => a.major - b.major)[0]?.java;
}

/** Told by the `release` file that every JDK has, so that none of them need be run. */
function installed(): readonly { readonly java: string; readonly major: number }[] {
  return shelves
    .filter((shelf) => existsSync(shelf))
    .flatMap((shelf) =>
      readdirSync(shelf).flatMap((name) => [join(shelf, name), join(shelf, name, 'Contents', 'Home')]),
    )
    .filter((home) => existsSync(join(home, 'release')) && existsSync(join(home, 'bin', 'java')))
    .map((home) => ({
      java: join(home, 'bin', 'java'),
      major: Number(/JAVA_VERSION="(?:1\.)?(\d+)/.exec(readFileSync(join(home, 'release'), 'utf8'))?.[1] ?? 0),
    }));
}
