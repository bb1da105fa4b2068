import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { TextDecoder } from 'node:util';
import { guardedLookup, type AddressPolicy } from './addresses.executor.ts';

export interface HttpRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  readonly connectMs: number;
  readonly readMs: number;
}

export interface HttpResponse {
  readonly status: number;
  readonly reasonPhrase: string;
  /** As the server spelled them, in its order. */
  readonly headers: Readonly<Record<string, string[]>>;
  readonly body: string;
}

const responseBytesMax = 3 * 1024 * 1024;
const redirectsMax = 5;
/** A server that sends a byte now and then keeps no caller for longer. */
const callMaxMs = 600_000;

/** Sends requests where a policy allows. */
export interface Caller {
  /** GET and HEAD follow redirects, each checked like the first. Rejects with a sentence. */
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse>;
}

/** Connections are kept open, but never shared between policies: an open one was checked by its own. */
export function createCaller(policy: AddressPolicy): Caller {
  const settings = { keepAlive: true, maxFreeSockets: 32, timeout: 30_000 };
  const agents = { 'http:': new http.Agent(settings), 'https:': new https.Agent(settings) };
  return { send: (request, signal) => send(request, { policy, agents }, signal) };
}

interface Guard {
  readonly policy: AddressPolicy;
  readonly agents: { readonly 'http:': http.Agent; readonly 'https:': https.Agent };
}

async function send(request: HttpRequest, guard: Guard, signal: AbortSignal): Promise<HttpResponse> {
  let current = request;
  for (let redirects = 0; ; redirects++) {
    const response = await sendOnce(current, guard, signal);
    const location = redirectOf(current, response);
    if (location === undefined) return response;
    if (redirects === redirectsMax) throw new Error(`more than ${redirectsMax} redirects`);
    const url = new URL(location, current.url);
    // Credentials are for the server that they were given for.
    const headers = url.origin === current.url.origin ? current.headers : withoutCredentials(current.headers);
    current = { ...current, url, headers };
  }
}

function sendOnce(request: HttpRequest, { policy, agents }: Guard, signal: AbortSignal): Promise<HttpResponse> {
  const { url, method, headers, body, connectMs, readMs } = request;
  const { protocol } = url;
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new Error(`only http and https can be called, not ${protocol}`);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // A literal address is never looked up, so it is judged here.
  const refusal = isIP(host) === 0 ? undefined : policy.refusal(host, host);
  if (refusal !== undefined) throw new Error(refusal);

  return new Promise((resolve, reject) => {
    const call = (protocol === 'https:' ? https : http).request(url, {
      method,
      headers,
      agent: agents[protocol],
      lookup: guardedLookup(policy) as LookupFunction,
      signal,
    });
    const calling = setTimeout(
      () => call.destroy(new Error(`${url.host} took longer than ${callMaxMs} ms`)),
      callMaxMs,
    );
    const connecting = setTimeout(
      () => call.destroy(new Error(`no connection to ${url.host} within ${connectMs} ms`)),
      connectMs,
    );
    call.on('socket', (socket) => {
      if (socket.connecting)
        socket.once(protocol === 'https:' ? 'secureConnect' : 'connect', () => clearTimeout(connecting));
      else clearTimeout(connecting);
    });
    call.setTimeout(readMs, () => call.destroy(new Error(`no answer of ${url.host} within ${readMs} ms`)));
    call.once('close', () => {
      clearTimeout(connecting);
      clearTimeout(calling);
    });
    call.once('error', reject);
    call.once('response', (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > responseBytesMax)
          call.destroy(new Error(`the answer of ${url.host} is larger than ${responseBytesMax} bytes`));
        else chunks.push(chunk);
      });
      response.once('error', reject);
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          reasonPhrase: response.statusMessage ?? '',
          headers: headersOf(response.rawHeaders),
          body: decoderOf(response.headers['content-type']).decode(Buffer.concat(chunks)),
        }),
      );
    });
    call.end(body);
  });
}

const utf8 = new TextDecoder();

/** Of the character set that the server names; of UTF-8 if it names none, or one that nobody knows. */
function decoderOf(contentType: string | undefined): TextDecoder {
  const name = /;\s*charset="?([\w.:-]+)/i.exec(contentType ?? '')?.[1];
  if (name === undefined || /^utf-?8$/i.test(name)) return utf8;
  try {
    return new TextDecoder(name);
  } catch {
    return utf8;
  }
}

function headersOf(raw: readonly string[]): Record<string, string[]> {
  const headers: Record<string, string[]> = Object.create(null) as Record<string, string[]>;
  for (let i = 0; i < raw.length; i += 2) (headers[raw[i] ?? ''] ??= []).push(raw[i + 1] ?? '');
  return headers;
}

function redirectOf({ method }: HttpRequest, { status, headers }: HttpResponse): string | undefined {
  if ((method !== 'GET' && method !== 'HEAD') || ![301, 302, 303, 307, 308].includes(status)) return undefined;
  return Object.entries(headers).find(([name]) => name.toLowerCase() === 'location')?.[1][0];
}

function withoutCredentials(headers: Readonly<Record<string, string>>): Record<string, string> {
  const secret = new Set(['authorization', 'cookie', 'proxy-authorization', 'x-authorization']);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !secret.has(name.toLowerCase())));
}
