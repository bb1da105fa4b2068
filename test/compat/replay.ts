import type { Json } from '@partitura/model';
import { differences, type Difference } from './compare.ts';
import type { Exchange, RecordedAnswer, RecordedScenario } from './golden.ts';
import type { Names } from './placeholders.ts';
import { valueAt, type Answer, type Client } from './client.ts';

/** One exchange that was played again. */
export interface Replayed {
  readonly exchange: string;
  readonly differences: readonly Difference[];
}

/** Whether an exchange is known to differ altogether, so that nobody waits for what will not come. */
export type Expected = (exchange: string) => boolean;

const repeatEveryMs = 100;
/** How long a task may take to its queue. */
const pollWithinMs = 15_000;
/** How long a hand-out may take to be decided. */
const decidedWithinMs = 3_000;

/** Plays exchanges in their order; each sees the ids that those before it told. */
export async function replayExchanges(
  client: Client,
  exchanges: readonly Exchange[],
  differsAnyway: Expected,
): Promise<readonly Replayed[]> {
  const names: Names = new Map([['base', client.base]]);
  const replayed: Replayed[] = [];
  for (const exchange of exchanges)
    replayed.push({
      exchange: exchange.name,
      differences: await replayExchange(client, exchange, names, differsAnyway(exchange.name)),
    });
  return replayed;
}

/** Registers what the scenario needs, then plays it. Stops where something awaited does not come. */
export async function replayScenario(
  client: Client,
  recorded: RecordedScenario,
  differsAnyway: Expected,
): Promise<readonly Replayed[]> {
  const { taskDefs, workflowDefs } = recorded.definitions;
  if (taskDefs !== undefined) await define(client, 'POST', '/api/metadata/taskdefs', taskDefs);
  if (workflowDefs !== undefined) await define(client, 'PUT', '/api/metadata/workflow', workflowDefs);
  return replayExchanges(client, [...recorded.steps, ...recorded.final], differsAnyway);
}

async function define(client: Client, method: string, path: string, definitions: readonly Json[]): Promise<void> {
  const answer = await client.send({ method, path, body: definitions }, new Map());
  if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
}

async function replayExchange(
  client: Client,
  exchange: Exchange,
  names: Names,
  differsAnyway: boolean,
): Promise<readonly Difference[]> {
  if (exchange.delayMs !== undefined) await pause(exchange.delayMs);
  const deadline = Date.now() + (exchange.until?.timeoutMs ?? pollWithinMs);
  let answer = await client.send(exchange.request, names);
  while (!arrived(exchange, answer)) {
    if (differsAnyway || Date.now() > deadline)
      return [{ path: '(awaited)', recorded: exchange.until, actual: answer.body }];
    await pause(repeatEveryMs);
    answer = await client.send(exchange.request, names);
  }
  for (const [name, path] of Object.entries(exchange.bind ?? {})) {
    const text = valueAt(answer.body, path);
    if (typeof text === 'string') names.set(name, text);
  }
  // A hand-out is decided a moment after the worker has its task, and a task is in its queue a moment after it was
  // decided: a read may come in between.
  const decidedBy = Date.now() + decidedWithinMs;
  for (;;) {
    const bound: Names = new Map(names);
    const found = nearest(exchange, answer, bound);
    if (
      differsAnyway ||
      Date.now() > decidedBy ||
      !isRead(exchange) ||
      !found.some((one) => isHandOut(one) || isQueueSize(exchange))
    ) {
      for (const [name, text] of bound) names.set(name, text);
      return found;
    }
    await pause(repeatEveryMs);
    answer = await client.send(exchange.request, names);
  }
}

const isRead = ({ request }: Exchange): boolean => request.method === 'GET' && !isPoll.test(request.path);
const isQueueSize = ({ request }: Exchange): boolean => request.path.startsWith('/api/tasks/queue/');
const isHandOut = ({ path }: Difference): boolean => /\.pollCount$/.test(path);

/** The differences from the recorded answer, or from that variant of it which is nearest. */
function nearest(exchange: Exchange, answer: Answer, names: Names): readonly Difference[] {
  const acceptable = [exchange.response, ...(exchange.variants ?? []).map((variant) => variant.response)];
  const attempts = acceptable.map((recorded) => {
    const bound: Names = new Map(names);
    return { bound, found: fromRecorded(exchange, recorded, answer, bound) };
  });
  const best = attempts.reduce((a, b) => (b.found.length < a.found.length ? b : a));
  for (const [name, text] of best.bound) names.set(name, text);
  return best.found;
}

function fromRecorded(
  exchange: Exchange,
  recorded: RecordedAnswer,
  answer: Answer,
  names: Names,
): readonly Difference[] {
  // 500 for bad input is an accident of the original: any refusal that says why is as good.
  if (recorded.status === 500 && answer.status >= 400 && answer.status < 500)
    return typeof valueAt(answer.body, '$.message') === 'string'
      ? []
      : [{ path: '(body)', recorded: 'an error body with a message', actual: answer.body }];
  if (recorded.status !== answer.status)
    return [{ path: '(status)', recorded: recorded.status, actual: { status: answer.status, body: answer.body } }];
  const found = differences(recorded.body, answer.body, exchange, names);
  const wholeBodyIsOpen = [...(exchange.loose ?? []), ...(exchange.ignore ?? [])].includes('$');
  if (wholeBodyIsOpen || mediaType(recorded.contentType) === mediaType(answer.contentType)) return found;
  return [{ path: '(content-type)', recorded: recorded.contentType, actual: answer.contentType }, ...found];
}

function arrived({ request, response, until }: Exchange, answer: Answer): boolean {
  // A task is in its queue shortly after the answer that caused it, not before: what was polled there is awaited here.
  if (until === undefined) return !isPoll.test(request.path) || isNothing(response.body) || !isNothing(answer.body);
  const value = valueAt(answer.body, until.path);
  if (until.equals === undefined) return value !== undefined && value !== null;
  return JSON.stringify(value) === JSON.stringify(until.equals);
}

const isPoll = /^\/api\/tasks\/poll\//;

function isNothing(body: Json): boolean {
  return body === null || (Array.isArray(body) && body.length === 0);
}

function mediaType(contentType: string | null): string | null {
  return contentType === null ? null : (contentType.split(';')[0] ?? '').trim().toLowerCase();
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
