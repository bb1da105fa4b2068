import { run } from './run.ts';

/** Major version of the `java` on the path; undefined when there is none. */
export async function javaMajor(): Promise<number | undefined> {
  const printed = await run('java', ['-version']).catch(() => undefined);
  return printed === undefined ? undefined : parseJavaMajor(printed);
}

/** @internal */
export function parseJavaMajor(printed: string): number | undefined {
  const match = /version "(?:1\.)?(\d+)/.exec(printed);
  return match === null ? undefined : Number(match[1]);
}
