import type { FastifyReply } from 'fastify';
import type { Done } from '../commands/dispatcher.ts';
import type { Freshness } from '../reads/freshness.ts';

/** JSON that is text already. */
export function sendJson(reply: FastifyReply, text: string): FastifyReply {
  return reply.header('content-type', 'application/json; charset=utf-8').send(payloadOf(text));
}

/** A bare value, no JSON quotes. */
export function sendText(reply: FastifyReply, text: string): FastifyReply {
  return reply.header('content-type', 'text/plain;charset=UTF-8').send(payloadOf(text));
}

/** Up to here a text leaves in one piece with the headers, which is cheaper than being made bytes before. */
const shortChars = 2_048;

/** Text of ASCII alone, which most is, becomes bytes several times faster when that is said. */
function payloadOf(text: string): string | Buffer {
  if (text.length <= shortChars) return text;
  return Buffer.from(text, Buffer.byteLength(text) === text.length ? 'latin1' : 'utf8');
}

/** 200 without body and content type: Conductor's "done". */
export function sendEmpty(reply: FastifyReply): FastifyReply {
  return reply.code(200).header('content-length', 0).send();
}

export function sendNoContent(reply: FastifyReply): FastifyReply {
  return reply.code(204).send();
}

/** Says where the decision stands, so that a later read can be told to wait for it. */
export function markDecision(reply: FastifyReply, { partition, offset }: Pick<Done, 'partition' | 'offset'>): void {
  void reply.header('x-log-position', `${partition}:${offset}`);
}

/** Says how fresh the data of a read is. */
export function markFreshness(reply: FastifyReply, { position, stale }: Freshness): void {
  if (position !== undefined) void reply.header('x-read-position', position);
  if (stale) void reply.header('x-read-stale', 'true');
}
