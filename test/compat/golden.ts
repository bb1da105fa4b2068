import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Json } from '@partitura/model';

/** What Conductor was asked and what it answered; the texts in it may hold placeholders (see README.md). */
export interface Exchange {
  readonly name: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: Json;
    /** Sent as it is, where the original was sent something that is no JSON. */
    readonly bodyText?: string;
  };
  readonly response: RecordedAnswer;
  /** What the same server answered with another store; as good as `response`. */
  readonly variants?: readonly { readonly store: string; readonly response: RecordedAnswer }[];
  /** The request was repeated until the value at `path` was there, or equal to `equals`. */
  readonly until?: { readonly path: string; readonly equals?: Json; readonly timeoutMs?: number };
  /** Milliseconds that were waited before the request. */
  readonly delayMs?: number;
  /** Gives the text at a path of the answer a name. */
  readonly bind?: Readonly<Record<string, string>>;
  /** Paths of arrays without an order, of values that are not compared, and of values that only have to be there. */
  readonly unordered?: readonly string[];
  readonly ignore?: readonly string[];
  readonly loose?: readonly string[];
}

export interface RecordedAnswer {
  readonly status: number;
  readonly contentType: string | null;
  readonly body: Json;
}

/** One execution, from its definitions to the final records of its workflows. */
export interface RecordedScenario {
  readonly name: string;
  readonly title: string;
  readonly definitions: { readonly taskDefs?: readonly Json[]; readonly workflowDefs?: readonly Json[] };
  readonly steps: readonly Exchange[];
  readonly final: readonly Exchange[];
}

const folder = (name: string): URL => new URL(`../../schemas/golden/${name}/`, import.meta.url);

/** Names of the recordings in one folder, in the order in which they were made. */
export function recordings(kind: 'rest' | 'scenarios'): readonly string[] {
  return readdirSync(fileURLToPath(folder(kind)))
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
}

export function restArea(name: string): readonly Exchange[] {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder('rest')), 'utf8')) as readonly Exchange[];
}

export function scenario(name: string): RecordedScenario {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder('scenarios')), 'utf8')) as RecordedScenario;
}
