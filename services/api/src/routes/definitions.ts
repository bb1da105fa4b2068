import { definitionAggregate, type PutDefinition } from '@partitura/model';
import type { FastifyReply } from 'fastify';
import type { Done } from '../commands/dispatcher.ts';
import { markDecision, markFreshness } from '../http/answers.ts';
import type { Call, RouteContext } from './context.ts';

/** Registers all, in order where one name comes twice; resolves when this process's own copy has them. */
export async function putAll(
  context: RouteContext,
  call: Pick<Call, 'principal' | 'reply'>,
  puts: readonly PutDefinition[],
): Promise<void> {
  const done = await Promise.all(
    puts.map((put) => context.dispatcher.dispatch(call, definitionAggregate(put.kind, put.name), put)),
  );
  await awaitBroadcast(context, call.reply, done);
}

/** Who registers and then asks the same server finds it: waits until the copy has reached the broadcast. */
export async function awaitBroadcast(context: RouteContext, reply: FastifyReply, done: readonly Done[]): Promise<void> {
  const { ports, settings } = context;
  const last = Math.max(-1, ...done.map(({ definitionsOffset }) => definitionsOffset ?? -1));
  if (last >= 0) await ports.definitions.reached(last + 1, settings.freshMs);
  const [first] = done;
  if (first !== undefined) markDecision(reply, first);
}

/** Who registers and then asks another server finds it too: waits until the copy has reached the broadcast's end. */
export async function currentDefinitions({ ports, settings }: RouteContext, reply: FastifyReply): Promise<void> {
  const isCurrent = await ports.definitions.caughtUp(settings.freshMs).catch((error: unknown) => {
    ports.logger.warn({ error }, 'the end of the definitions could not be looked up for a read');
    return false;
  });
  if (!isCurrent) markFreshness(reply, { position: undefined, stale: true });
}
