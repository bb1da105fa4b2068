import { readFileSync } from 'node:fs';

/** An official SDK whose suite runs the table of cases. */
export type Sdk = 'python' | 'java' | 'javascript';
export const sdks: readonly Sdk[] = ['python', 'java', 'javascript'];

/** One behaviour that every SDK is shown to have; `without` says why one of them cannot be shown. */
export interface Case {
  readonly case: string;
  readonly title: string;
  readonly without?: Readonly<Partial<Record<Sdk, string>>>;
}

/** The one table that the three suites implement. */
export const cases = JSON.parse(readFileSync(new URL('cases.json', import.meta.url), 'utf8')) as readonly Case[];

/** The cases that this SDK's suite must have. */
export const casesOf = (sdk: Sdk): readonly Case[] => cases.filter(({ without }) => without?.[sdk] === undefined);
