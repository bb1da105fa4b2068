import { fileURLToPath } from 'node:url';

/** How a program is started. */
export interface Program {
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** An SDK's suite: its workers serve until their standard input closes, its cases run to the end. */
export interface SdkPrograms {
  readonly workers: Program;
  /** Appends a line of JSON, a {@link Report}, to the file that `CASE_REPORT` names whenever a case is over. */
  readonly cases: Program;
}

/** How a case ended. */
export interface Report {
  readonly case: string;
  readonly passed: boolean;
  readonly seconds: number;
  /** Why it failed. */
  readonly output: string;
}

/** The folder of a suite: in the sources, also when this is the built copy. */
export function suiteFolder(sdk: string): string {
  return fileURLToPath(new URL(sdk, import.meta.url)).replace(/(?<=[\\/])dist[\\/]/, '');
}
