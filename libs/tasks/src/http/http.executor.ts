import { STATUS_CODES } from 'node:http';
import { textOf } from '@partitura/expressions';
import { isJsonObject, type Json, type JsonObject } from '@partitura/model';
import type { Executor, ExecutorOptions, ExecutorOutcome } from '../executor.ts';
import { addressPolicy } from './addresses.executor.ts';
import { createCaller, type Caller, type HttpRequest, type HttpResponse } from './request.executor.ts';

const timeoutMs = 3_000;
const timeoutMaxMs = 300_000;

/** Makes the HTTP calls of tasks. Outcomes and texts are Conductor's. */
export function httpExecutor({ allowPrivate }: Pick<ExecutorOptions, 'allowPrivate'>): Executor {
  const caller = createCaller(addressPolicy(allowPrivate));
  return { type: 'HTTP', takesSecrets: true, execute: (task, signal) => callFor(task.input.object, caller, signal) };
}

async function callFor(input: JsonObject, caller: Caller, signal: AbortSignal): Promise<ExecutorOutcome> {
  const asked = isJsonObject(input['http_request']) ? input['http_request'] : input;
  const request = requestOf(asked);
  if (typeof request === 'string') return { status: 'FAILED', output: {}, reason: request };
  try {
    return outcomeOf(await caller.send(request, signal), input['asyncComplete'] === true);
  } catch (error) {
    return failed(error instanceof Error ? error.message || error.name : String(error));
  }
}

/** The request, or what is wrong with it. */
function requestOf(asked: JsonObject): HttpRequest | string {
  const { uri, method } = asked;
  if (typeof uri !== 'string' || uri === '')
    return 'Missing HTTP URI.  See documentation for HttpTask for required input parameters';
  if (typeof method !== 'string' || method === '') return 'No HTTP method specified';
  if (!URL.canParse(uri)) return reasonOf(`${uri} is no URI`);
  if (!/^[A-Za-z]{1,20}$/.test(method)) return reasonOf(`${method} is no HTTP method`);
  const body = asked['body'] ?? null;
  return {
    url: new URL(uri),
    method: method.toUpperCase(),
    headers: headersOf(asked),
    ...(body === null ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    connectMs: bounded(asked['connectionTimeOut']),
    readMs: bounded(asked['readTimeOut']),
  };
}

/** Conductor says what the content is even where there is none. */
function headersOf(asked: JsonObject): Record<string, string> {
  const headers: Record<string, string> = {
    accept: listed(asked['accept']),
    'content-type': typeof asked['contentType'] === 'string' ? asked['contentType'] : 'application/json',
  };
  if (isJsonObject(asked['headers']))
    for (const [name, value] of Object.entries(asked['headers'])) {
      if (value === null) continue;
      for (const known of Object.keys(headers))
        if (known.toLowerCase() === name.toLowerCase()) Reflect.deleteProperty(headers, known);
      headers[name] = textOf(value);
    }
  return headers;
}

function listed(accept: Json | undefined): string {
  if (typeof accept === 'string' && accept !== '') return accept;
  return Array.isArray(accept) && accept.length > 0 ? accept.join(', ') : 'application/json';
}

/** 0 means as long as it takes; nothing takes longer than the longest time-out. */
function bounded(given: Json | undefined): number {
  const ms = Number(given ?? timeoutMs);
  if (!Number.isFinite(ms) || ms < 0) return timeoutMs;
  return ms === 0 ? timeoutMaxMs : Math.min(ms, timeoutMaxMs);
}

function outcomeOf({ status, reasonPhrase, headers, body }: HttpResponse, asyncComplete: boolean): ExecutorOutcome {
  if (status >= 400) return failed(`${status} ${reasonPhrase}: ${body === '' ? '[no body]' : quoted(body)}`);
  // Whatever the server called it.
  const phrase = STATUS_CODES[status] ?? reasonPhrase;
  const response = { headers, reasonPhrase: phrase, body: parsed(body), statusCode: status };
  if (status < 200 || status >= 300)
    return {
      status: 'FAILED',
      output: { response },
      reason: body === '' ? 'No response from the remote service' : body,
    };
  return { status: asyncComplete ? 'IN_PROGRESS' : 'COMPLETED', output: { response } };
}

/** Conductor shows the text of its exception, of which definitions read what comes after the name. */
const failed = (text: string): ExecutorOutcome => ({
  status: 'FAILED',
  output: { response: `java.lang.Exception: ${text}` },
  reason: reasonOf(text),
});

const reasonOf = (text: string): string => `Failed to invoke HTTP task due to: java.lang.Exception: ${text}`;

/** A body on one line, as Conductor's client library quotes it. */
const quoted = (body: string): string => `"${body.replace(/[\n\r]/g, '<EOL>').replace(/\p{Cc}/gu, '?')}"`;

/** Objects, lists, numbers and texts as JSON; true, false and null as words; what is no JSON as it is. */
function parsed(body: string): Json {
  if (body === '') return null;
  try {
    const value = JSON.parse(body) as Json;
    return value === null || typeof value === 'boolean' ? String(value) : value;
  } catch {
    return body;
  }
}
