import { mavenProject } from '@partitura/testing';
import { suiteFolder, type Program, type SdkPrograms } from './programs.ts';

/** Small and quick to start; what the client logs below a warning would only fill the reports. */
const flags = [
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Xmx256m',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
];

export async function prepareJava(): Promise<SdkPrograms> {
  const cwd = suiteFolder('java');
  const classPath = await mavenProject(cwd, (message) => console.log(message));
  const program = (main: string): Program => ({ command: ['java', ...flags, '-cp', classPath, main], cwd });
  return { workers: program('sdk.Workers'), cases: program('sdk.RunCases') };
}
