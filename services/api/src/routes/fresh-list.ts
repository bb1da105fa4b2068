import { markFreshness } from '../http/answers.ts';
import type { Call, RouteContext } from './context.ts';
import { minimumPositions } from './minimum-position.ts';

/** Before a list or search: waits for what the caller asks to have been read, and says how fresh the answer is. */
export async function freshList(
  context: RouteContext,
  { request, reply }: Pick<Call, 'request' | 'reply'>,
): Promise<void> {
  markFreshness(reply, await context.fresh.ofList(minimumPositions(request.headers, context.settings.partitions)));
}
