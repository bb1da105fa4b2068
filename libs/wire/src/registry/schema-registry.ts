import { Fault } from '@partitura/model';
import { resolvingReader } from '../avro/resolve.ts';
import { schemaTexts } from '../generated/schemas.ts';

export interface RegistryOptions {
  /** Base address, with a path where the product has one; user and password may be part of it. */
  readonly url: string;
  /** Name of the commands topic; the subject is `<topic>-value`. */
  readonly topic: string;
  /** How long all of it may take; default 15 s. */
  readonly timeoutMs?: number;
}

/** What a schema registry said when the process started. Plain data: nothing asks the registry afterwards. */
export interface RegisteredSchemas {
  readonly subject: string;
  /** The registry's id of our own public command schema. */
  readonly commandId: number;
  /** All other schemas of the subject by id: producers may write any of them. */
  readonly otherCommands: ReadonlyMap<number, string>;
}

/**
 * Registers the public command schema (level BACKWARD) and looks up everything else that producers may write.
 *
 * Throws a `Fault`: `REGISTRY_UNAVAILABLE`, `REGISTRY_REFUSED` (not compatible, not allowed), or
 * `INCOMPATIBLE_SCHEMA` (the subject holds a schema that is no command).
 */
export async function registerSchemas(options: RegistryOptions): Promise<RegisteredSchemas> {
  const { url, topic, timeoutMs = 15_000 } = options;
  const place = addressOf(url);
  const subject = `${topic}-value`;
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), timeoutMs);
  const tooLate = new Promise<never>((_, reject) => {
    late.signal.addEventListener('abort', () => reject(new Error(`no answer within ${timeoutMs} ms`)));
  });
  try {
    return await Promise.race([register(place, subject, late.signal), tooLate]);
  } catch (error) {
    throw faultOf(error, place, subject);
  } finally {
    clearTimeout(timer);
  }
}

interface Address {
  /** Without credentials, so that it may be shown. */
  readonly host: string;
  readonly auth?: { readonly username: string; readonly password: string };
}

function addressOf(url: string): Address {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol))
    throw new Fault('REGISTRY_REFUSED', 'the address of the schema registry is no http or https URL', {
      retryable: false,
    });
  const { username, password } = parsed;
  parsed.username = '';
  parsed.password = '';
  const host = parsed.href.replace(/\/+$/, '');
  return username === ''
    ? { host }
    : { host, auth: { username: decodeURIComponent(username), password: decodeURIComponent(password) } };
}

async function register(place: Address, subject: string, signal: AbortSignal): Promise<RegisteredSchemas> {
  // Most processes never talk to a registry, so its client is loaded by those that do.
  const { COMPATIBILITY, SchemaRegistry, SchemaType } = await import('@kafkajs/confluent-schema-registry');
  const registry = new SchemaRegistry({ host: place.host, ...(place.auth === undefined ? {} : { auth: place.auth }) });
  const text = schemaTexts['public-command'];
  const { id: commandId } = await registry.register(
    { type: SchemaType.AVRO, schema: text },
    { subject, compatibility: COMPATIBILITY.BACKWARD },
  );
  const versions = await versionsOf(place, subject, signal);
  const otherCommands = new Map<number, string>();
  let found = false;
  for (const version of versions) {
    const { id, schema } = await versionOf(place, subject, version, signal);
    if (id === commandId) {
      await requireSame(schema, text, id);
      found = true;
    } else {
      resolvingReader(schema, text);
      otherCommands.set(id, schema);
    }
  }
  if (!found)
    throw new Fault('REGISTRY_REFUSED', `it took the schema under id ${commandId} but does not list it`, {
      retryable: false,
    });
  return { subject, commandId, otherCommands };
}

/** A registry that lost its data, or belongs to somebody else, may know another schema under the id it gave us. */
async function requireSame(stored: string, own: string, id: number): Promise<void> {
  const { default: avro } = await import('avsc');
  const type = (text: string) =>
    avro.Type.forSchema(JSON.parse(text) as Parameters<typeof avro.Type.forSchema>[0], { registry: {} });
  if (!type(stored).equals(type(own)))
    throw new Fault('REGISTRY_REFUSED', `under id ${id} it keeps another schema than the one that was registered`, {
      retryable: false,
    });
}

async function versionsOf(place: Address, subject: string, signal: AbortSignal): Promise<readonly number[]> {
  return (await get(place, `/subjects/${encodeURIComponent(subject)}/versions`, signal)) as number[];
}

async function versionOf(
  place: Address,
  subject: string,
  version: number,
  signal: AbortSignal,
): Promise<{ id: number; schema: string }> {
  return (await get(place, `/subjects/${encodeURIComponent(subject)}/versions/${version}`, signal)) as {
    id: number;
    schema: string;
  };
}

/** The registry client offers no list of versions. */
async function get({ host, auth }: Address, path: string, signal: AbortSignal): Promise<unknown> {
  const headers: Record<string, string> = { accept: 'application/vnd.schemaregistry.v1+json' };
  if (auth !== undefined)
    headers['authorization'] = `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;
  const response = await fetch(host + path, { headers, signal });
  const body = await response.text();
  if (!response.ok)
    throw Object.assign(new Error(`${response.status} ${body.slice(0, 500)}`), {
      status: response.status,
      error_code: response.status,
    });
  return JSON.parse(body) as unknown;
}

function faultOf(error: unknown, { host }: Address, subject: string): Fault {
  if (error instanceof Fault)
    return new Fault(error.code, `schema registry ${host}, subject ${subject}: ${error.message}`, {
      retryable: false,
      cause: error,
    });
  const { status, message } = error as { readonly status?: number; readonly message?: string };
  const text = message ?? String(error);
  // The client reports a refused connection as status 400 without the error_code that a registry always sends.
  const answered =
    status !== undefined && status < 500 && !/ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|socket hang up/.test(text);
  return answered
    ? new Fault('REGISTRY_REFUSED', `schema registry ${host} refused the schema of ${subject}: ${text}`, {
        retryable: false,
        cause: error,
      })
    : new Fault('REGISTRY_UNAVAILABLE', `schema registry ${host} cannot be reached: ${text}`, {
        retryable: true,
        cause: error,
      });
}
