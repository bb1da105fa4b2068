import type { Json } from '@partitura/model';
import { request } from 'undici';
import type { Exchange } from './golden.ts';
import { filled, filledText, type Names } from './placeholders.ts';

export interface Answer {
  readonly status: number;
  readonly contentType: string | null;
  readonly body: Json;
}

/**
 * One client of a server. It asks lists and searches to know what its earlier requests have done, since the original
 * wrote its index before it answered.
 */
export class Client {
  readonly base: string;
  readonly #positions = new Map<string, number>();

  constructor(base: string) {
    this.base = base;
  }

  /** Sends a recorded request with its names filled in. */
  async send(recorded: Exchange['request'], names: Names): Promise<Answer> {
    const body =
      recorded.bodyText !== undefined
        ? filledText(recorded.bodyText, names)
        : recorded.body !== undefined
          ? JSON.stringify(filled(recorded.body, names))
          : null;
    const headers = Object.fromEntries(
      Object.entries(recorded.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
    );
    if (body !== null) headers['content-type'] ??= 'application/json';
    if (this.#positions.size > 0) headers['x-min-position'] = [...this.#positions].map((at) => at.join(':')).join();
    const response = await request(this.base + filledText(recorded.path, names), {
      method: recorded.method as 'GET',
      headers,
      body,
    });
    this.#remember(response.headers['x-log-position']);
    const text = await response.body.text();
    const contentType = response.headers['content-type'];
    const type = typeof contentType === 'string' ? contentType : null;
    return { status: response.statusCode, contentType: type, body: parsed(text, type) };
  }

  #remember(position: string | string[] | undefined): void {
    const [, partition, offset] = /^(\d+):(\d+)$/.exec(String(position)) ?? [];
    if (partition === undefined) return;
    this.#positions.set(partition, Math.max(this.#positions.get(partition) ?? 0, Number(offset)));
  }
}

/** The value at a path such as `$[0].taskId`; undefined where there is none. */
export function valueAt(value: Json, path: string): Json | undefined {
  let at: Json | undefined = value;
  for (const [step] of path.matchAll(/[^$.[\]]+/g)) {
    if (at === null || typeof at !== 'object') return undefined;
    at = (at as Readonly<Record<string, Json>>)[step];
  }
  return at;
}

function parsed(text: string, contentType: string | null): Json {
  if (text === '') return null;
  if (contentType?.includes('json') !== true) return text;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
